package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Headers;
import io.millrace.client.ProducerRecord;
import io.millrace.client.TopicPartition;
import io.millrace.client.serde.Codecs;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.Compression;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IntakeTest {
    private static final int TIMEOUT = 5_000;
    private static final int REQUEST_MAX = 1_000;

    private final BatchingOptions options =
            new BatchingOptions(500, 10, 1_000, REQUEST_MAX, TIMEOUT, 100, 1_000, 5, false, Compression.NONE, 0);
    private final Accumulator accumulator = new Accumulator(options, ByteBufAllocator.DEFAULT, new Random(1));
    private final Intake<String, Integer> intake =
            new Intake<>(accumulator, Codecs.STRING, Codecs.INT, options, new Random(1));
    private final List<String> told = new ArrayList<>();
    private int partitionCount = 3;

    private final PartitionLoad load = new PartitionLoad() {
        @Override
        public int partitionCount() {
            return partitionCount;
        }

        @Override
        public boolean isAvailable(int partition) {
            return true;
        }

        @Override
        public int queuedBatches(int partition) {
            return accumulator.queuedBatches(new TopicPartition("t", partition));
        }
    };

    IntakeTest() {
        accumulator.onLeaders(new Leaders() {
            @Override
            public int leaderOf(TopicPartition partition) {
                return 1;
            }

            @Override
            public int leaderEpochOf(TopicPartition partition) {
                return 0;
            }
        });
    }

    @AfterEach
    void giveBack() {
        accumulator.abort("the test is over");
    }

    private record Told(List<String> told, String name) implements Delivery {
        @Override
        public void onDelivered(int partition, long offset, long timestampMs) {
            told.add(name + " in " + partition + " time " + timestampMs);
        }

        @Override
        public void onFailed(DeliveryFailure failure) {
            told.add(name + " " + failure.kind() + ": " + failure.message());
        }
    }

    private void send(String name, ProducerRecord<String, Integer> record, long nowMs) {
        intake.send(record, new Told(told, name), nowMs, 1_000_000 + nowMs);
    }

    private List<String> told() {
        intake.complete();
        accumulator.complete();
        List<String> sofar = List.copyOf(told);
        told.clear();
        return sofar;
    }

    private void writeAll(long nowMs) {
        for (List<Batch> request = accumulator.drain(1, nowMs);
                !request.isEmpty();
                request = accumulator.drain(1, nowMs)) {
            request.forEach(each -> accumulator.onAnswer(each, ProduceAnswer.written(0, -1), nowMs));
        }
    }

    @Test
    void recordsOfAnUnknownTopicWaitForItsMetadata() {
        send("a", ProducerRecord.of("t", "k", 1), 0);
        send("b", ProducerRecord.<String, Integer>of("t", "k", 2).at(77), 1);
        assertThat(intake.wantedTopics()).containsExactly("t");
        assertThat(intake.waiting()).isEqualTo(2);
        intake.onTopic("t", load, 5);
        assertThat(intake.wantedTopics()).isEmpty();
        writeAll(20);
        int partition = org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey(
                new byte[] {'k'}, partitionCount);
        assertThat(told()).containsExactly("a in " + partition + " time 1000000", "b in " + partition + " time 77");
    }

    @Test
    void aRecordMaySayItsPartition() {
        intake.onTopic("t", load, 0);
        send("a", ProducerRecord.<String, Integer>of("t", "k", 1).toPartition(2), 0);
        writeAll(20);
        assertThat(told()).containsExactly("a in 2 time 1000000");
    }

    @Test
    void aPartitionThatIsNotThereWaitsForNewerMetadata() {
        intake.onTopic("t", load, 0);
        send("a", ProducerRecord.<String, Integer>of("t", 1).toPartition(3), 0);
        send("b", ProducerRecord.<String, Integer>of("t", 1).toPartition(4), 0);
        send("c", ProducerRecord.<String, Integer>of("t", 1).toPartition(0), 0);
        assertThat(intake.wantedTopics()).containsExactly("t");
        partitionCount = 4;
        intake.onTopic("t", load, 5);
        writeAll(20);
        assertThat(told())
                .containsExactlyInAnyOrder(
                        "a in 3 time 1000000",
                        "c in 0 time 1000000",
                        "b REFUSED: a record for t: t has no partition 4, but partitions 0 to 3");
    }

    @Test
    void whatFindsNoMemoryWaitsInItsOrder() {
        intake.onTopic("t", load, 0);
        int sent = 0;
        while (intake.waiting() < 5) {
            send("r" + sent++, ProducerRecord.<String, Integer>of("t", 1).toPartition(0), 0);
        }
        List<Batch> request = accumulator.drain(1, 0);
        assertThat(request).as("nothing lingers while others wait").hasSize(1);
        accumulator.onAnswer(request.get(0), ProduceAnswer.written(0, -1), 1);
        intake.pump(1);
        assertThat(intake.waiting()).isZero();
        writeAll(20);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < sent; i++) {
            expected.add("r" + i + " in 0 time 1000000");
        }
        assertThat(told()).isEqualTo(expected);
    }

    @Test
    void waitingEndsWithTheDeliveryTimeout() {
        send("a", ProducerRecord.of("t", 1), 100);
        send("b", ProducerRecord.of("t", 1), 200);
        assertThat(intake.nextWakeUpMs()).isEqualTo(100 + TIMEOUT);
        intake.expire(100 + TIMEOUT);
        assertThat(told())
                .containsExactly("a NOT_WRITTEN: a record for t: waited for the metadata of topic t for 5000 ms,"
                        + " as delivery.timeout.ms allows");
        assertThat(intake.nextWakeUpMs()).isEqualTo(200 + TIMEOUT);
    }

    @Test
    void theTimeThatARecordHasWaitedCounts() {
        send("a", ProducerRecord.of("t", 1), 0);
        intake.onTopic("t", load, TIMEOUT - 1);
        accumulator.expire(TIMEOUT);
        assertThat(told()).hasSize(1);
    }

    @Test
    void whatNoCodecTakesIsRefused() {
        Intake<String, Integer> failing = new Intake<>(
                accumulator,
                Codecs.STRING,
                Codecs.codec(
                        (value, out) -> {
                            out.writeByte(1);
                            throw new IllegalStateException("no");
                        },
                        in -> 1),
                options,
                new Random(1));
        failing.onTopic("t", load, 0);
        failing.send(ProducerRecord.of("t", 1), new Told(told, "a"), 0, 0);
        failing.complete();
        assertThat(told())
                .containsExactly("a REFUSED: a record for t: a codec has failed: java.lang.IllegalStateException: no");
        assertThat(accumulator.isEmpty()).isTrue();
    }

    @Test
    void whatFitsIntoNoRequestIsRefused() {
        intake.onTopic("t", load, 0);
        send("a", ProducerRecord.of("t", "k".repeat(REQUEST_MAX), 1), 0);
        assertThat(told()).singleElement().asString().contains("a REFUSED", "max.request.size");
    }

    @Test
    void headersGoWithTheRecord() {
        intake.onTopic("t", load, 0);
        send("a", ProducerRecord.<String, Integer>of("t", 1).with(Headers.NONE.with("trace", "1")), 0);
        List<Batch> request = accumulator.drain(1, 20);
        assertThat(request.get(0).bytes().toString(java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("trace");
    }

    @Test
    void aTopicThatIsRefusedFailsWhatWaitsForIt() {
        send("a", ProducerRecord.of("t", 1), 0);
        send("b", ProducerRecord.of("other", 1), 0);
        intake.onTopicRefused("t", ErrorCode.TOPIC_AUTHORIZATION_FAILED, "may not be written");
        assertThat(told()).containsExactly("a REFUSED: a record for t: may not be written");
        assertThat(intake.waiting()).isOne();
        intake.abort("closed");
        assertThat(told()).containsExactly("b CLOSED: a record for other: closed");
        assertThat(intake.waiting()).isZero();
    }

    @Test
    void withoutKeyAPartitionIsKeptUntilABatchIsFull() {
        intake.onTopic("t", load, 0);
        for (int i = 0; i < 5; i++) {
            send("r" + i, ProducerRecord.of("t", i), 0);
        }
        assertThat(accumulator.drain(1, 20)).hasSize(1);
    }
}
