package io.millrace.broker.storage.sim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the simulated disk will do wrong next. Owned by: the simulation. */
final class SimFaults {

    private long operationsUntilCrash = Long.MAX_VALUE;
    private int syncsUntilFailure = Integer.MAX_VALUE;
    private int writesUntilFailure = Integer.MAX_VALUE;
    private boolean crashed;
    private Predicate<String> lyingSyncs = path -> false;
    private Predicate<String> distortedReads = path -> false;
    private Consumer<byte[]> distortion = content -> {};

    /** Reads of these files see what this makes of them: a sabotage, too. */
    void distortReadsOf(Predicate<String> paths, Consumer<byte[]> change) {
        distortedReads = paths;
        distortion = change;
    }

    boolean distortsReads(Path path) {
        return distortedReads.test(path.toString());
    }

    void distort(byte[] content) {
        distortion.accept(content);
    }

    void crashAfter(long operations) {
        operationsUntilCrash = operations;
    }

    void failSyncAfter(int syncs) {
        syncsUntilFailure = syncs;
    }

    void failWriteAfter(int writes) {
        writesUntilFailure = writes;
    }

    /** Syncs of these files and directories say yes and do nothing: a sabotage that the simulation must notice. */
    void lieAboutSyncsOf(Predicate<String> paths) {
        lyingSyncs = paths;
    }

    boolean liesAboutSync(Path path) {
        return lyingSyncs.test(path.toString());
    }

    /** The crash may have come with an operation that has no middle, and nobody has noticed yet. */
    void requireAlive() {
        if (crashed) {
            throw new SimCrash("the last operation");
        }
    }

    boolean hasCrashed() {
        return crashed;
    }

    void crash() {
        crashed = true;
    }

    void reset() {
        operationsUntilCrash = Long.MAX_VALUE;
        syncsUntilFailure = Integer.MAX_VALUE;
        writesUntilFailure = Integer.MAX_VALUE;
        crashed = false;
    }

    /** Every operation of the store passes here first; returns true when the crash comes in the middle of this one. */
    boolean isLastOperation(String what) {
        if (crashed) {
            throw new SimCrash(what);
        }
        if (--operationsUntilCrash <= 0) {
            crashed = true;
            return true;
        }
        return false;
    }

    boolean failsSync() {
        return --syncsUntilFailure < 0;
    }

    void onWrite(String path) throws IOException {
        if (--writesUntilFailure < 0) {
            throw new IOException(path + ": Input/output error");
        }
    }
}
