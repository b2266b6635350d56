package io.millrace.broker.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.Seeds;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random producers against a model that keeps every batch ever accepted, with a snapshot and a reload at random moments:
 * none of which may be noticed. {@code -Dseed=} replays one run.
 */
class ProducerModelTest {

    private static final int STEPS = 400;

    private record Accepted(int epoch, int first, int last, long baseOffset, long lastOffset) {}

    @Test
    void agreesWithANaiveModelOverManySeeds() {
        Seeds.forEach(0, 200, seed -> run(new Random(seed)));
    }

    private static void run(Random random) {
        ProducerTable table = new ProducerTable();
        Map<Long, List<Accepted>> model = new HashMap<>();
        long nextOffset = 0;
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(10) == 0) {
                ProducerTable reloaded = new ProducerTable();
                assertThat(ProducerSnapshot.decode(ProducerSnapshot.encode(table), reloaded, step))
                        .isTrue();
                table = reloaded;
            }
            long id = random.nextInt(4);
            List<Accepted> history = model.computeIfAbsent(id, unused -> new ArrayList<>());
            ByteBuf batch = nextBatch(random, id, history);
            SequenceVerdict expected = expected(batch, history);
            SequenceVerdict actual = table.check(batch, 0, AppendOrigin.CLIENT);
            assertSame(actual, expected, step);
            if (actual instanceof SequenceVerdict.Accepted) {
                RecordBatch.setBaseOffset(batch, 0, nextOffset);
                table.applyData(batch, 0, step);
                history.add(new Accepted(
                        RecordBatch.producerEpoch(batch, 0),
                        RecordBatch.baseSequence(batch, 0),
                        RecordBatch.lastSequence(batch, 0),
                        nextOffset,
                        RecordBatch.lastOffset(batch, 0)));
                nextOffset = RecordBatch.lastOffset(batch, 0) + 1 + random.nextInt(3);
            }
        }
    }

    /** Mostly the next batch, sometimes a retry, a gap, or another epoch; sequences start near the wrap. */
    private static ByteBuf nextBatch(Random random, long id, List<Accepted> history) {
        int count = 1 + random.nextInt(3);
        String[] values = new String[count];
        Arrays.fill(values, "v");
        if (history.isEmpty()) {
            return Batches.idempotent(id, 3, Integer.MAX_VALUE - random.nextInt(10), 1, values);
        }
        Accepted last = history.get(history.size() - 1);
        int next = RecordBatch.sequenceAfter(last.last(), 1);
        return switch (random.nextInt(8)) {
            case 0 -> {
                Accepted old = history.get(Math.max(0, history.size() - 1 - random.nextInt(8)));
                int oldCount = (int) (old.lastOffset() - old.baseOffset()) + 1;
                String[] same = new String[oldCount];
                Arrays.fill(same, "v");
                yield Batches.idempotent(id, old.epoch(), old.first(), 1, same);
            }
            case 1 ->
                Batches.idempotent(id, last.epoch(), RecordBatch.sequenceAfter(next, 1 + random.nextInt(3)), 1, values);
            case 2 ->
                Batches.idempotent(
                        id, last.epoch() + random.nextInt(3) - 1, random.nextBoolean() ? 0 : next, 1, values);
            default -> Batches.idempotent(id, last.epoch(), next, 1, values);
        };
    }

    private static SequenceVerdict expected(ByteBuf batch, List<Accepted> history) {
        int epoch = RecordBatch.producerEpoch(batch, 0);
        int first = RecordBatch.baseSequence(batch, 0);
        int last = RecordBatch.lastSequence(batch, 0);
        if (history.isEmpty()) {
            return SequenceVerdict.ACCEPTED;
        }
        Accepted newest = history.get(history.size() - 1);
        if (epoch < newest.epoch()) {
            return new SequenceVerdict.Refused(ErrorCode.INVALID_PRODUCER_EPOCH, "");
        }
        if (epoch > newest.epoch()) {
            return first == 0
                    ? SequenceVerdict.ACCEPTED
                    : new SequenceVerdict.Refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "");
        }
        List<Accepted> recent = history.subList(Math.max(0, history.size() - 5), history.size());
        for (Accepted known : recent) {
            if (known.epoch() == epoch && known.first() == first && known.last() == last) {
                return new SequenceVerdict.Duplicate(known.baseOffset(), known.lastOffset(), 1);
            }
        }
        boolean continues = first == (newest.last() == Integer.MAX_VALUE ? 0 : newest.last() + 1);
        return continues
                ? SequenceVerdict.ACCEPTED
                : new SequenceVerdict.Refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "");
    }

    private static void assertSame(SequenceVerdict actual, SequenceVerdict expected, int step) {
        if (expected instanceof SequenceVerdict.Refused refused) {
            assertThat(actual)
                    .as("step %d", step)
                    .isInstanceOfSatisfying(
                            SequenceVerdict.Refused.class,
                            seen -> assertThat(seen.error()).isEqualTo(refused.error()));
        } else {
            assertThat(actual).as("step %d", step).isEqualTo(expected);
        }
    }
}
