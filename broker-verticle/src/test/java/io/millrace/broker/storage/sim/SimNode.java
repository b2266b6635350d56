package io.millrace.broker.storage.sim;

import java.util.SplittableRandom;

/** A file or a directory of the simulated disk. */
interface SimNode {

    /** Loses power: keeps what was synced and a random part of what was not. */
    void crash(SplittableRandom random);

    /**
     * Loses the process only: everything written stays, except in files whose sync has failed. Linux marks their pages
     * clean and may forget them at any time.
     *
     * @return whether something was lost
     */
    boolean kill(SplittableRandom random);
}
