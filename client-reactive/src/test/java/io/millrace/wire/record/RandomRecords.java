package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Records with every awkward shape: nulls, empties, many headers, large and compressible values, wild timestamps. */
final class RandomRecords {
    private final Random random;

    RandomRecords(long seed) {
        random = new Random(seed);
    }

    /** The seed of {@code -Dseed=}, or the one that a build uses. */
    static long baseSeed() {
        return Long.getLong("seed", 20261121L);
    }

    /** Records at dense offsets from {@code baseOffset}. */
    List<Record> dense(int count, long baseOffset) {
        List<Record> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            records.add(new Record(baseOffset + i, timestamp(), bytes(), bytes(), headers()));
        }
        return records;
    }

    private long timestamp() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> Long.MAX_VALUE / 4 - random.nextInt(1000);
            case 2 -> RecordBatch.NO_TIMESTAMP;
            default -> 1_700_000_000_000L + random.nextInt(1_000_000);
        };
    }

    private @Nullable ByteBuf bytes() {
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> Unpooled.EMPTY_BUFFER;
            case 2 -> Unpooled.wrappedBuffer(new byte[random.nextInt(100_000)]);
            case 3 -> noise(63 + random.nextInt(3));
            case 4 -> noise(8190 + random.nextInt(4));
            default -> noise(random.nextInt(200));
        };
    }

    private ByteBuf noise(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    private List<Header> headers() {
        int count = random.nextInt(3) == 0 ? random.nextInt(random.nextBoolean() ? 3 : 100) : 0;
        List<Header> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            headers.add(new Header(
                    random.nextInt(4) == 0 ? "" : "ключ-" + i, i % 5 == 0 ? null : noise(random.nextInt(90))));
        }
        return headers;
    }
}
