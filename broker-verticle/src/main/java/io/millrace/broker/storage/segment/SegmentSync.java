package io.millrace.broker.storage.segment;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes durable what a segment held when the sync was begun. Run once, on any thread; it holds the file until then. */
public final class SegmentSync {

    private final OpenFile log;
    private final @Nullable OffsetIndex offsets;
    private final @Nullable TimeIndex times;

    SegmentSync(OpenFile log, @Nullable OffsetIndex offsets, @Nullable TimeIndex times) {
        this.log = log;
        this.offsets = offsets;
        this.times = times;
    }

    public void run() throws IOException {
        try {
            log.file().sync();
            if (offsets != null && times != null) {
                offsets.sync();
                times.sync();
            }
        } finally {
            log.release();
        }
    }

    /** Gives the file back without a sync, when the checkpoint is given up. */
    public void abandon() {
        log.release();
    }
}
