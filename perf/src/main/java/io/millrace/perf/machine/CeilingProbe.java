package io.millrace.perf.machine;

import io.millrace.perf.result.Ceilings;
import io.millrace.perf.result.Latency;
import java.io.IOException;
import java.nio.file.Path;

/** Measures all ceilings, one after the other, while nothing of ours runs. */
public final class CeilingProbe {
    private static final int PARTS = 4;
    private static final long DISK_BYTES_PER_SECOND_EXPECTED = 200L << 20;

    private CeilingProbe() {}

    /**
     * Blocks the calling thread.
     *
     * @param folder on the disk that the brokers will use
     * @param seconds for everything, about
     */
    public static Ceilings measure(Path folder, double seconds) throws IOException, InterruptedException {
        double each = seconds / PARTS;
        double write = DiskCeiling.write(folder, (long) (DISK_BYTES_PER_SECOND_EXPECTED * each));
        Latency syncs = DiskCeiling.sync(folder, each);
        return new Ceilings(
                write,
                syncs.count() / each,
                syncs,
                LoopbackCeiling.bytesPerSecond(each),
                LoopbackCeiling.roundTripsPerSecond(each));
    }
}
