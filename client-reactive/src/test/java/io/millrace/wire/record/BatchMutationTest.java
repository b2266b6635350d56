package io.millrace.wire.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.wire.record.BatchValidator.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes arrive, checking them answers with a verdict, and reading them ends with records or with the one
 * declared exception, within the limit of unpacked bytes.
 */
class BatchMutationTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final Limits LIMITS =
            new Limits(1_048_588, TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE, true);
    private static final long MAX_UNPACKED = 1 << 20;

    /** For batches that nobody takes over: the collector may have them. */
    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    @Test
    void mutatedBatchesHarmNobody() {
        mutate(20_000);
    }

    @Test
    @Tag("long")
    void aMillionMutatedBatchesHarmNobody() {
        mutate(1_000_000);
    }

    private static void mutate(int rounds) {
        List<ByteBuf> originals = originals();
        int good = 0;
        for (int round = 0; round < rounds; round++) {
            long seed = RandomRecords.baseSeed() + round;
            ByteBuf mutated = mutated(originals.get(round % originals.size()), new Random(seed));
            try {
                good += examine(mutated) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                fail("-Dseed=" + seed, e);
            }
        }
        assertThat(good).as("some mutations are harmless").isBetween(1, rounds - 1);
    }

    /** Does all that can be done with a batch. True if it passed as good. */
    private static boolean examine(ByteBuf mutated) {
        BatchVerdict verdict = BatchValidator.validate(mutated, LIMITS, (short) 13, NOW);
        RecordBatch.Integrity integrity = RecordBatch.check(mutated, 0, mutated.readableBytes());
        if (integrity != RecordBatch.Integrity.VALID) {
            assertThat(verdict.isGood()).isFalse();
            return false;
        }
        BatchVerdict deep = BatchValidator.validateRecords(mutated, LIMITS, NOW, MAX_UNPACKED);
        try (RecordReader records = RecordReader.open(mutated, 0, MAX_UNPACKED)) {
            while (records.next()) {
                assertThat(records.record().headers()).isNotNull();
            }
        } catch (InvalidRecordsException refused) {
            assertThat(deep.isGood()).isFalse();
        }
        try {
            Recompressor.recompress(UnpooledByteBufAllocator.DEFAULT, mutated, 0, Compression.NONE, 0, MAX_UNPACKED)
                    .release();
        } catch (InvalidRecordsException refused) {
            assertThat(deep.isGood()).isFalse();
        }
        return verdict.isGood() && deep.isGood();
    }

    private static ByteBuf mutated(ByteBuf original, Random random) {
        ByteBuf bytes = Unpooled.buffer().writeBytes(original, 0, original.readableBytes());
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.readableBytes());
            switch (random.nextInt(5)) {
                case 0 -> bytes.setByte(at, bytes.getByte(at) ^ (1 << random.nextInt(8)));
                case 1 -> bytes.setByte(at, random.nextInt());
                case 2 -> bytes.setByte(Math.min(at, 80 % bytes.readableBytes()), -1 - random.nextInt(2));
                case 3 -> bytes.writerIndex(Math.max(1, at));
                default ->
                    bytes.setBytes(at, original, 0, Math.min(original.readableBytes(), bytes.readableBytes() - at));
            }
        }
        if (random.nextInt(4) != 0 && bytes.readableBytes() > RecordBatch.HEADER_SIZE) {
            // past the checksum, so that what lies behind it is tested too
            bytes.setInt(RecordBatch.BATCH_LENGTH_AT, bytes.readableBytes() - RecordBatch.LENGTH_OVERHEAD);
            RecordBatch.updateCrc(bytes, 0);
        }
        return bytes;
    }

    private static List<ByteBuf> originals() {
        List<ByteBuf> batches = new ArrayList<>();
        for (Compression codec : Compression.values()) {
            for (int size : new int[] {1, 10}) {
                try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
                    builder.compression(codec).producer(5, (short) 0, 0);
                    for (int i = 0; i < size; i++) {
                        List<Header> headers = List.of(new Header("h" + i, Unpooled.wrappedBuffer(new byte[i])));
                        builder.append(NOW + i, Unpooled.wrappedBuffer(new byte[3]), noise(i * 30, i), headers);
                    }
                    batches.add(builder.build());
                }
            }
        }
        return batches;
    }

    private static ByteBuf noise(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }
}
