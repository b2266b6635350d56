package io.millrace.broker.storage.sim;

import java.util.SplittableRandom;

/** A file or a directory of the simulated disk. */
interface SimNode {

    /** Loses power: keeps what was synced and a random part of what was not. */
    void crash(SplittableRandom random);
}
