package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.TopicPartition;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordFields;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccumulatorTest {
    private static final TopicPartition P0 = new TopicPartition("t", 0);
    private static final TopicPartition P1 = new TopicPartition("t", 1);
    private static final int BATCH = 1_000;
    private static final int LINGER = 10;
    private static final int TIMEOUT = 5_000;

    private final RecordFields fields = new RecordFields();
    private final List<String> told = new ArrayList<>();
    private final List<DeliveryFailure> failures = new ArrayList<>();
    private final Map<TopicPartition, Integer> leaders = new HashMap<>(Map.of(P0, 1, P1, 1));
    private int leaderEpoch = 3;
    private Accumulator accumulator = accumulator(BATCH, 10_000, 5, true);

    private Accumulator accumulator(int batchBytes, long memoryBytes, int inFlight, boolean idempotent) {
        BatchingOptions options = new BatchingOptions(
                batchBytes,
                LINGER,
                memoryBytes,
                2_000,
                TIMEOUT,
                100,
                1_000,
                inFlight,
                idempotent,
                Compression.NONE,
                Compression.NONE.defaultLevel());
        Accumulator made = new Accumulator(options, ByteBufAllocator.DEFAULT, new Random(1));
        made.onLeaders(leaders());
        if (idempotent) {
            made.onProducerId(77, (short) 4);
        }
        return made;
    }

    @AfterEach
    void giveBack() {
        accumulator.abort("the test is over");
        assertThat(accumulator.memoryUsed()).isZero();
    }

    private Leaders leaders() {
        return new Leaders() {
            @Override
            public int leaderOf(TopicPartition partition) {
                return leaders.getOrDefault(partition, -1);
            }

            @Override
            public int leaderEpochOf(TopicPartition partition) {
                return leaderEpoch;
            }
        };
    }

    private final class Told implements Delivery {
        private final String value;

        Told(String value) {
            this.value = value;
        }

        @Override
        public void onDelivered(int partition, long offset, long timestampMs) {
            told.add(value + " at " + partition + ":" + offset + " time " + timestampMs);
        }

        @Override
        public void onFailed(DeliveryFailure failure) {
            told.add(value + " " + failure.kind());
            failures.add(failure);
        }
    }

    private boolean append(TopicPartition partition, String value, long nowMs) {
        fields.clear();
        fields.bytes().writeCharSequence(value, StandardCharsets.UTF_8);
        fields.endValue();
        return accumulator.append(partition, 1_000 + nowMs, fields, new Told(value), nowMs, nowMs);
    }

    private Batch drainOne(long nowMs) {
        List<Batch> batches = accumulator.drain(1, nowMs);
        assertThat(batches).hasSize(1);
        return batches.get(0);
    }

    private List<String> told() {
        accumulator.complete();
        List<String> sofar = List.copyOf(told);
        told.clear();
        return sofar;
    }

    private static List<String> values(Batch batch) {
        List<String> values = new ArrayList<>();
        ByteBuf bytes = batch.bytes();
        assertThat(RecordBatch.check(bytes, bytes.readerIndex(), bytes.writerIndex()))
                .isEqualTo(RecordBatch.Integrity.VALID);
        try (RecordReader records = RecordReader.open(bytes, bytes.readerIndex(), 1_000_000)) {
            while (records.next()) {
                values.add(Objects.requireNonNull(records.value()).toString(StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    private static String sequence(Batch batch) {
        ByteBuf bytes = batch.bytes();
        int at = bytes.readerIndex();
        return RecordBatch.producerId(bytes, at) + "/" + RecordBatch.producerEpoch(bytes, at) + "/"
                + RecordBatch.baseSequence(bytes, at);
    }

    @Test
    void aBatchLingersAndThenGoes() {
        append(P0, "a", 0);
        append(P0, "b", 4);
        assertThat(accumulator.drain(1, 9)).isEmpty();
        assertThat(accumulator.nextWakeUpMs(9)).isEqualTo(LINGER);
        Batch batch = drainOne(LINGER);
        assertThat(values(batch)).containsExactly("a", "b");
        assertThat(sequence(batch)).isEqualTo("77/4/0");
        accumulator.onAnswer(batch, ProduceAnswer.written(40, -1), 20);
        assertThat(told()).containsExactly("a at 0:40 time 1000", "b at 0:41 time 1004");
        assertThat(accumulator.isEmpty()).isTrue();
        assertThat(accumulator.nextWakeUpMs(20)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aFullBatchGoesAtOnceAndTheNextOneLingers() {
        append(P0, "x".repeat(500), 0);
        append(P0, "y".repeat(500), 0);
        Batch first = drainOne(0);
        assertThat(first.recordCount()).isOne();
        assertThat(accumulator.drain(1, 0)).isEmpty();
        assertThat(drainOne(LINGER).recordCount()).isOne();
    }

    @Test
    void theBrokersTimeIsThatOfTheRecordsIfItSaysSo() {
        append(P0, "a", 0);
        accumulator.onAnswer(drainOne(LINGER), ProduceAnswer.written(-1, 5), 20);
        assertThat(told()).containsExactly("a at 0:-1 time 5");
    }

    @Test
    void memoryIsLimitedAndComesBack() {
        accumulator = accumulator(BATCH, 2_000, 5, true);
        int taken = 0;
        while (append(P0, "v" + taken, 0)) {
            taken++;
        }
        assertThat(taken).isGreaterThan(20);
        assertThat(accumulator.memoryUsed()).isLessThanOrEqualTo(2_000);
        assertThat(append(P1, "w", 0)).isFalse();
        Batch batch = drainOne(LINGER);
        accumulator.onAnswer(batch, ProduceAnswer.written(0, -1), 20);
        assertThat(append(P1, "w", 20)).isTrue();
    }

    @Test
    void whileOthersWaitForMemoryNothingLingers() {
        append(P0, "a", 0);
        accumulator.hurry(true);
        drainOne(0);
    }

    @Test
    void aRecordThatFitsIntoNoRequestIsRefused() {
        assertThatThrownBy(() -> append(P0, "x".repeat(2_000), 0)).hasMessageContaining("are allowed");
        assertThat(accumulator.isEmpty()).isTrue();
    }

    @Test
    void partitionsShareARequestInTurn() {
        leaders.put(new TopicPartition("t", 2), 1);
        accumulator.onLeaders(leaders());
        append(P0, "x".repeat(900), 0);
        append(P1, "y".repeat(900), 0);
        append(new TopicPartition("t", 2), "z".repeat(900), 0);
        List<Batch> first = accumulator.drain(1, LINGER);
        assertThat(first).hasSize(2);
        append(P0, "x".repeat(900), LINGER);
        List<Batch> second = accumulator.drain(1, 2 * LINGER);
        assertThat(second).extracting(each -> each.partition().partition()).startsWith(2);
    }

    @Test
    void noMoreThanFiveAreInFlight() {
        for (int i = 0; i < 7; i++) {
            append(P0, "v".repeat(900), 0);
        }
        List<Batch> sent = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            sent.add(drainOne(LINGER));
        }
        assertThat(accumulator.drain(1, LINGER)).isEmpty();
        accumulator.onAnswer(sent.get(0), ProduceAnswer.written(0, -1), 20);
        drainOne(LINGER);
    }

    @Test
    void nothingGoesWithoutAProducerId() {
        accumulator = new Accumulator(BatchingOptions.DEFAULT, ByteBufAllocator.DEFAULT, new Random(1));
        accumulator.onLeaders(leaders());
        append(P0, "a", 0);
        assertThat(accumulator.wantsProducerId()).isTrue();
        assertThat(accumulator.drain(1, LINGER)).isEmpty();
        accumulator.onProducerId(5, (short) 0);
        assertThat(sequence(drainOne(LINGER))).isEqualTo("5/0/0");
    }

    @Test
    void withoutLeaderMetadataIsWanted() {
        leaders.remove(P0);
        accumulator.onLeaders(leaders());
        append(P0, "a", 0);
        assertThat(accumulator.wantsMetadata()).isTrue();
        assertThat(accumulator.brokers()).isEmpty();
        leaders.put(P0, 2);
        accumulator.onLeaders(leaders());
        assertThat(accumulator.wantsMetadata()).isFalse();
        assertThat(accumulator.brokers()).containsExactly(2);
        assertThat(accumulator.drain(2, LINGER)).hasSize(1);
    }

    @Test
    void aRetryGoesAloneWithItsSequenceAndBeforeAllOthers() {
        append(P0, "a".repeat(900), 0);
        append(P0, "b".repeat(900), 0);
        append(P0, "c".repeat(900), 0);
        Batch a = drainOne(LINGER);
        Batch b = drainOne(LINGER);
        accumulator.onAnswer(a, ProduceAnswer.failed(ErrorCode.NOT_ENOUGH_REPLICAS, null), 20);
        accumulator.onAnswer(b, ProduceAnswer.failed(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, null), 20);
        assertThat(accumulator.drain(1, 20)).as("not before its backoff").isEmpty();
        assertThat(drainOne(200)).isSameAs(a);
        assertThat(sequence(a)).isEqualTo("77/4/0");
        assertThat(accumulator.drain(1, 200)).isEmpty();
        accumulator.onAnswer(a, ProduceAnswer.written(0, -1), 210);
        assertThat(drainOne(400)).isSameAs(b);
        assertThat(sequence(b)).isEqualTo("77/4/1");
        accumulator.onAnswer(b, ProduceAnswer.written(1, -1), 210);
        assertThat(sequence(drainOne(400))).isEqualTo("77/4/2");
    }

    @Test
    void anotherLeaderIsTriedAtOnceButNotWhileTheOldOneHasBatches() {
        append(P0, "a".repeat(900), 0);
        append(P0, "b".repeat(900), 0);
        Batch a = drainOne(LINGER);
        Batch b = drainOne(LINGER);
        accumulator.onAnswer(a, ProduceAnswer.failed(ErrorCode.NOT_LEADER_OR_FOLLOWER, null), 20);
        assertThat(accumulator.wantsMetadata()).isTrue();
        leaders.put(P0, 2);
        leaderEpoch++;
        accumulator.onLeaders(leaders());
        assertThat(accumulator.drain(2, 20)).isEmpty();
        accumulator.onUnanswered(b, 20);
        assertThat(accumulator.drain(2, 20)).containsExactly(a);
    }

    @Test
    void aLostSequenceBeginsAnEpochOfThatPartition() {
        append(P0, "a".repeat(900), 0);
        append(P0, "b".repeat(900), 0);
        append(P1, "c", 0);
        Batch a = accumulator.drain(1, LINGER).get(0);
        Batch b = drainOne(LINGER);
        accumulator.onAnswer(a, ProduceAnswer.failed(ErrorCode.INVALID_RECORD, "no"), 20);
        assertThat(told()).containsExactly("a".repeat(900) + " REFUSED");
        accumulator.onAnswer(b, ProduceAnswer.failed(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, null), 20);
        assertThat(drainOne(300)).isSameAs(b);
        assertThat(sequence(b)).isEqualTo("77/5/0");
        append(P1, "d", 300);
        Batch d = drainOne(400);
        assertThat(sequence(d)).as("the other goes on").isEqualTo("77/4/1");
    }

    @Test
    void whatMayBeWrittenUnderALostSequenceIsUnknown() {
        append(P0, "a", 0);
        Batch a = drainOne(LINGER);
        accumulator.onUnanswered(a, 20);
        assertThat(drainOne(400)).isSameAs(a);
        accumulator.onAnswer(a, ProduceAnswer.failed(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, null), 410);
        assertThat(accumulator.drain(1, 1_000)).isEmpty();
        assertThat(told()).containsExactly("a UNKNOWN");
        append(P0, "b", 1_000);
        assertThat(sequence(drainOne(1_100))).isEqualTo("77/5/0");
    }

    @Test
    void theLastEpochIsFollowedByAnotherProducerId() {
        accumulator.onProducerId(78, Short.MAX_VALUE);
        append(P0, "a", 0);
        Batch a = drainOne(LINGER);
        assertThat(sequence(a)).isEqualTo("78/32767/0");
        accumulator.onAnswer(a, ProduceAnswer.failed(ErrorCode.UNKNOWN_PRODUCER_ID, null), 20);
        assertThat(accumulator.drain(1, 400)).isEmpty();
        assertThat(accumulator.wantsProducerId()).isTrue();
        accumulator.onProducerId(79, (short) 0);
        assertThat(sequence(drainOne(400))).isEqualTo("79/0/0");
    }

    @Test
    void aBatchThatIsTooLargeIsSplitWithItsSequences() {
        append(P0, "a", 0);
        append(P0, "b", 0);
        append(P0, "c", 0);
        Batch whole = drainOne(LINGER);
        accumulator.onAnswer(whole, ProduceAnswer.failed(ErrorCode.MESSAGE_TOO_LARGE, null), 20);
        Batch first = drainOne(20);
        assertThat(values(first)).containsExactly("a");
        assertThat(accumulator.drain(1, 20)).isEmpty();
        accumulator.onAnswer(first, ProduceAnswer.written(0, -1), 30);
        Batch second = drainOne(30);
        assertThat(values(second)).containsExactly("b", "c");
        assertThat(sequence(second)).isEqualTo("77/4/1");
        accumulator.onAnswer(second, ProduceAnswer.written(1, -1), 40);
        assertThat(told()).containsExactly("a at 0:0 time 1000", "b at 0:1 time 1000", "c at 0:2 time 1000");
    }

    @Test
    void aSingleRecordThatIsTooLargeIsRefused() {
        append(P0, "a", 0);
        accumulator.onAnswer(drainOne(LINGER), ProduceAnswer.failed(ErrorCode.MESSAGE_TOO_LARGE, "limit 5"), 20);
        assertThat(told()).containsExactly("a REFUSED");
        assertThat(failures.get(0).message())
                .isEqualTo("1 records for t-0: the broker says MESSAGE_TOO_LARGE: limit 5");
    }

    @Test
    void aRepeatedBatchThatTheBrokerKnowsIsWritten() {
        append(P0, "a", 0);
        accumulator.onAnswer(drainOne(LINGER), ProduceAnswer.failed(ErrorCode.DUPLICATE_SEQUENCE_NUMBER, null), 20);
        assertThat(told()).containsExactly("a at 0:-1 time 1000");
    }

    @Test
    void timeEndsWithTheKindThatIsTrue() {
        append(P0, "never sent", 0);
        accumulator.expire(TIMEOUT);
        assertThat(told()).containsExactly("never sent NOT_WRITTEN");

        append(P0, "refused", 10_000);
        accumulator.onAnswer(drainOne(11_000), ProduceAnswer.failed(ErrorCode.NOT_ENOUGH_REPLICAS, null), 11_000);
        accumulator.expire(20_000);
        assertThat(told()).containsExactly("refused NOT_WRITTEN");

        append(P0, "lost", 20_000);
        accumulator.onUnanswered(drainOne(21_000), 21_000);
        accumulator.expire(30_000);
        assertThat(told()).containsExactly("lost UNKNOWN");
        assertThat(failures.get(2).message())
                .contains("delivery.timeout.ms of 5000", "1 attempts", "NETWORK_EXCEPTION");
    }

    @Test
    void aBatchThatIsLateButAnsweredIsToldOnce() {
        append(P0, "a", 0);
        Batch a = drainOne(LINGER);
        accumulator.expire(TIMEOUT);
        assertThat(told()).containsExactly("a UNKNOWN");
        append(P0, "b", TIMEOUT);
        Batch b = drainOne(TIMEOUT + LINGER);
        assertThat(sequence(b))
                .as("a is taken for written until the broker denies it")
                .isEqualTo("77/4/1");
        accumulator.onAnswer(a, ProduceAnswer.written(0, -1), TIMEOUT + 50);
        accumulator.onAnswer(b, ProduceAnswer.written(1, -1), TIMEOUT + 50);
        assertThat(told()).containsExactly("b at 0:1 time " + (1_000 + TIMEOUT));
    }

    @Test
    void answersThatComeAfterTheEndAreIgnored() {
        append(P0, "a", 0);
        append(P0, "b", 100);
        Batch a = drainOne(100);
        append(P1, "c", 100);
        accumulator.abort("closed");
        assertThat(told()).containsExactlyInAnyOrder("a UNKNOWN", "b UNKNOWN", "c CLOSED");
        accumulator.onAnswer(a, ProduceAnswer.written(0, -1), 200);
        accumulator.onUnanswered(a, 200);
        accumulator.onNotSent(a, 200);
        assertThat(told()).isEmpty();
    }

    @Test
    void aRefusalOfTheProducerFailsWhatIsNotOnItsWay() {
        append(P0, "a", 0);
        Batch a = drainOne(LINGER);
        append(P1, "b", 10);
        accumulator.refuseAll(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, "no");
        assertThat(told()).containsExactly("b REFUSED");
        accumulator.onAnswer(a, ProduceAnswer.written(0, -1), 20);
        assertThat(told()).containsExactly("a at 0:0 time 1000");
    }

    @Test
    void aFlushKnowsWhatItIsFor() {
        append(P0, "a", 0);
        long flush = accumulator.flush();
        Batch a = drainOne(0);
        append(P0, "b", 0);
        assertThat(accumulator.isFlushed(flush)).isFalse();
        accumulator.onAnswer(a, ProduceAnswer.written(0, -1), 5);
        assertThat(accumulator.isFlushed(flush)).isTrue();
        assertThat(accumulator.drain(1, 5)).as("b lingers").isEmpty();
        accumulator.close();
        drainOne(5);
    }

    @Test
    void everyErrorHasAMeaningAndUnknownOnesAreTakenForTheWorse() {
        assertThat(AnswerMeaning.of(ErrorCode.UNKNOWN_SERVER_ERROR)).isEqualTo(AnswerMeaning.UNKNOWN);
        assertThat(AnswerMeaning.of(ErrorCode.KAFKA_STORAGE_ERROR)).isEqualTo(AnswerMeaning.MAYBE);
        for (ErrorCode each : ErrorCode.values()) {
            AnswerMeaning meaning = AnswerMeaning.of(each);
            if (each.retriable()) {
                assertThat(meaning).as("%s", each).isIn(AnswerMeaning.MAYBE, AnswerMeaning.NOT_YET);
            }
        }
    }

    @Test
    void withoutIdempotenceThereAreNoSequences() {
        accumulator = accumulator(BATCH, 10_000, 1, false);
        append(P0, "a", 0);
        Batch a = drainOne(LINGER);
        assertThat(sequence(a)).isEqualTo("-1/-1/-1");
        accumulator.onUnanswered(a, 20);
        assertThat(drainOne(400)).isSameAs(a);
    }
}
