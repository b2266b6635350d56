package io.millrace.micro;

import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.SplittableRandom;

/** What a batch of a benchmark holds: about as many bytes each, in many records or in few. */
public enum BatchShape {
    RECORDS_100_OF_100B(100, 100),
    RECORDS_16_OF_1KB(16, 1024);

    /** The time of all records; what is checked against the clock is given this time. */
    static final long TIME_MS = 1_750_000_000_000L;

    static final short PRODUCER_EPOCH = 0;

    private final int records;
    private final int recordBytes;

    BatchShape(int records, int recordBytes) {
        this.records = records;
        this.recordBytes = recordBytes;
    }

    int records() {
        return records;
    }

    /**
     * The first batch of an idempotent producer, which is what clients are by default: outside the heap, as bytes from a socket
     * are. The caller owns it.
     */
    ByteBuf batch(long producerId) {
        SplittableRandom random = new SplittableRandom(producerId);
        byte[] value = new byte[recordBytes];
        try (RecordBatchBuilder builder = new RecordBatchBuilder(PooledByteBufAllocator.DEFAULT)) {
            builder.producer(producerId, PRODUCER_EPOCH, 0);
            for (int i = 0; i < records; i++) {
                random.nextBytes(value);
                builder.append(TIME_MS, null, value);
            }
            return builder.build();
        }
    }
}
