package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.ProducerRecord;
import io.millrace.client.Seeds;
import io.millrace.client.TopicPartition;
import io.millrace.client.serde.Codecs;
import io.millrace.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A producer and three brokers on one thread in virtual time. Connections break, before, behind and in the middle of
 * requests; what a broker has got by then it may still do, much later. Leaders move, and metadata is late. Brokers
 * answer with every error that there is, also after they have appended where such an error leaves that open.
 */
final class ProducerSimulation {
    private static final String TOPIC = "t";
    private static final int BROKERS = 3;
    private static final int REQUESTS_MAX = 5;

    final Random random;
    private final BatchingOptions options;
    private final Accumulator accumulator;
    private final Intake<String, String> intake;
    private final List<ModelPartition> partitions = new ArrayList<>();
    private final int[] leaders;
    private final int[] leaderEpochs;
    private final int[] knownLeaders;
    private final int[] knownEpochs;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<Integer, Connection> connections = new HashMap<>();
    private final Map<String, Fate> fates = new LinkedHashMap<>();
    private long nowMs;
    private long order;
    private boolean askedForMetadata;
    private boolean askedForId;
    private short givenIds;
    double trouble;
    boolean leadersStay;
    int lateRequests;
    int resent;

    private record Event(long atMs, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
        }
    }

    /** Requests arrive, and are answered, in order; one that is broken is replaced. */
    private static final class Connection {
        final int broker;
        final List<Request> outstanding = new ArrayList<>();
        boolean broken;
        long lastArrivalMs;
        long lastAnswerMs;

        Connection(int broker) {
            this.broker = broker;
        }
    }

    private record Request(List<Batch> batches, List<ByteBuf> copies) {}

    /** What has become of a record. */
    static final class Fate implements Delivery {
        final String value;
        int told;
        int partition = -1;
        long offset = -2;
        DeliveryFailure.@Nullable Kind failure;

        Fate(String value) {
            this.value = value;
        }

        @Override
        public void onDelivered(int partition, long offset, long timestampMs) {
            told++;
            this.partition = partition;
            this.offset = offset;
        }

        @Override
        public void onFailed(DeliveryFailure failure) {
            told++;
            this.failure = failure.kind();
        }
    }

    ProducerSimulation(Random random, BatchingOptions options, int partitionCount, double trouble) {
        this.random = random;
        this.options = options;
        this.trouble = trouble;
        accumulator = new Accumulator(options, ByteBufAllocator.DEFAULT, random);
        intake = new Intake<>(accumulator, Codecs.STRING, Codecs.STRING, options, random);
        leaders = new int[partitionCount];
        leaderEpochs = new int[partitionCount];
        knownLeaders = new int[partitionCount];
        knownEpochs = new int[partitionCount];
        for (int i = 0; i < partitionCount; i++) {
            partitions.add(new ModelPartition());
            leaders[i] = random.nextInt(BROKERS);
            knownLeaders[i] = -1;
        }
    }

    void limitBatches(int bytesMax) {
        partitions.forEach(each -> each.batchBytesMax = bytesMax);
    }

    /** Sends so many records over some time, then lets the trouble end and waits until all is told. */
    void run(int records, int overMs) {
        for (int i = 0; i < records; i++) {
            String value = "r" + i + "-" + "x".repeat(random.nextInt(200));
            int partition = random.nextInt(partitions.size());
            boolean own = random.nextInt(4) > 0;
            schedule(random.nextInt(overMs), () -> {
                Fate fate = new Fate(value);
                fates.put(value, fate);
                ProducerRecord<String, String> record =
                        ProducerRecord.of(TOPIC, random.nextBoolean() ? "k" + partition : null, value);
                intake.send(own ? record.toPartition(partition) : record, fate, nowMs, 1_000_000 + nowMs);
            });
        }
        schedule(overMs, () -> trouble = 0);
        for (int i = 0; i < overMs / 200; i++) {
            schedule(random.nextInt(overMs), this::moveLeader);
            schedule(random.nextInt(overMs), () -> {
                if (random.nextDouble() < 10 * trouble) {
                    breakConnection(connection(random.nextInt(BROKERS)));
                }
            });
        }
        while (!events.isEmpty()) {
            Event event = events.remove();
            nowMs = event.atMs;
            event.action.run();
            drive();
        }
        assertThat(accumulator.isEmpty()).as("batches are left").isTrue();
        assertThat(accumulator.memoryUsed()).isZero();
        assertThat(intake.waiting()).isZero();
    }

    private void drive() {
        accumulator.expire(nowMs);
        intake.expire(nowMs);
        if (accumulator.wantsProducerId() && !askedForId) {
            askedForId = true;
            schedule(latency(), () -> {
                askedForId = false;
                // Close to the end of the epochs, where another id is needed soon.
                accumulator.onProducerId(
                        4711L + givenIds++, (short) (random.nextInt(3) == 0 ? Short.MAX_VALUE - 1 : 0));
            });
        }
        if ((accumulator.wantsMetadata() || !intake.wantedTopics().isEmpty()) && !askedForMetadata) {
            askedForMetadata = true;
            schedule(latency(), this::onMetadata);
        }
        for (int broker : accumulator.brokers()) {
            Connection connection = connection(broker);
            while (connection.outstanding.size() < REQUESTS_MAX) {
                List<Batch> batches = accumulator.drain(broker, nowMs);
                if (batches.isEmpty()) {
                    break;
                }
                send(connection, batches);
            }
        }
        while (accumulator.complete()) {
            intake.pump(nowMs);
        }
        intake.complete();
        assertThat(accumulator.memoryUsed()).isBetween(0L, options.memoryBytes() + 1024);
        long next = Math.min(accumulator.nextWakeUpMs(nowMs), intake.nextWakeUpMs());
        if (next != Long.MAX_VALUE && (events.isEmpty() || events.element().atMs > next)) {
            schedule(Math.max(0, next - nowMs), () -> {});
        }
    }

    private void onMetadata() {
        askedForMetadata = false;
        for (int i = 0; i < leaders.length; i++) {
            boolean none = random.nextDouble() < trouble;
            knownLeaders[i] = none ? -1 : leaders[i];
            knownEpochs[i] = leaderEpochs[i];
        }
        accumulator.onLeaders(new Leaders() {
            @Override
            public int leaderOf(TopicPartition partition) {
                return knownLeaders[partition.partition()];
            }

            @Override
            public int leaderEpochOf(TopicPartition partition) {
                return knownEpochs[partition.partition()];
            }
        });
        intake.onTopic(TOPIC, new Load(), nowMs);
    }

    private final class Load implements PartitionLoad {
        @Override
        public int partitionCount() {
            return partitions.size();
        }

        @Override
        public boolean isAvailable(int partition) {
            return knownLeaders[partition] >= 0;
        }

        @Override
        public int queuedBatches(int partition) {
            return accumulator.queuedBatches(new TopicPartition(TOPIC, partition));
        }
    }

    private void send(Connection connection, List<Batch> batches) {
        if (random.nextDouble() < trouble / 2) {
            // The connection cannot be made.
            schedule(latency(), () -> batches.forEach(each -> accumulator.onNotSent(each, nowMs)));
            return;
        }
        List<ByteBuf> copies = batches.stream()
                .map(each -> Unpooled.copiedBuffer(each.bytes()))
                .toList();
        batches.forEach(each -> resent += each.attempts() > 1 ? 1 : 0);
        Request request = new Request(batches, copies);
        connection.outstanding.add(request);
        connection.lastArrivalMs = Math.max(connection.lastArrivalMs, nowMs + latency());
        schedule(connection.lastArrivalMs - nowMs, () -> arrive(connection, request));
        if (random.nextDouble() < trouble) {
            schedule(latency(), () -> breakConnection(connection));
        }
    }

    /** What has arrived before the connection broke may be done; what has not, may be on its way within the broker. */
    private void arrive(Connection connection, Request request) {
        if (connection.broken) {
            if (random.nextInt(3) == 0) {
                lateRequests++;
                handle(connection, request);
            }
            return;
        }
        List<ProduceAnswer> answers = handle(connection, request);
        connection.lastAnswerMs = Math.max(connection.lastAnswerMs, nowMs + latency());
        schedule(connection.lastAnswerMs - nowMs, () -> {
            if (!connection.broken) {
                connection.outstanding.remove(request);
                for (int i = 0; i < answers.size(); i++) {
                    accumulator.onAnswer(request.batches.get(i), answers.get(i), nowMs);
                }
            }
        });
    }

    private List<ProduceAnswer> handle(Connection connection, Request request) {
        List<ProduceAnswer> answers = new ArrayList<>();
        for (int i = 0; i < request.batches.size(); i++) {
            answers.add(handle(connection, request.batches.get(i).partition().partition(), request.copies.get(i)));
        }
        return answers;
    }

    private ProduceAnswer handle(Connection connection, int number, ByteBuf bytes) {
        if (leaders[number] != connection.broker) {
            return ProduceAnswer.failed(ErrorCode.NOT_LEADER_OR_FOLLOWER, null);
        }
        ModelPartition partition = partitions.get(number);
        if (random.nextDouble() >= trouble) {
            return partition.append(bytes);
        }
        ErrorCode error = Seeds.oneOf(random, ErrorCode.values());
        return switch (AnswerMeaning.of(error)) {
            case WRITTEN, WRITTEN_BEFORE -> partition.append(bytes);
            case MAYBE, UNKNOWN -> {
                if (random.nextBoolean()) {
                    partition.append(bytes);
                }
                yield ProduceAnswer.failed(error, "trouble");
            }
            default -> ProduceAnswer.failed(error, "trouble");
        };
    }

    private void breakConnection(Connection connection) {
        if (!connection.broken) {
            connection.broken = true;
            connections.remove(connection.broker, connection);
            for (Request request : connection.outstanding) {
                request.batches.forEach(each -> accumulator.onUnanswered(each, nowMs));
            }
        }
    }

    private Connection connection(int broker) {
        return connections.computeIfAbsent(broker, Connection::new);
    }

    private void moveLeader() {
        if (leadersStay) {
            return;
        }
        int partition = random.nextInt(leaders.length);
        leaders[partition] = random.nextInt(BROKERS);
        leaderEpochs[partition]++;
    }

    private long latency() {
        return random.nextInt(20) == 0 ? random.nextInt(2_000) : random.nextInt(10);
    }

    private void schedule(long delayMs, Runnable action) {
        events.add(new Event(nowMs + delayMs, order++, action));
    }

    /** What a producer promises. */
    void check() {
        Map<String, Integer> sendOrder = new HashMap<>();
        fates.keySet().forEach(value -> sendOrder.put(value, sendOrder.size()));
        Map<String, Integer> found = new HashMap<>();
        for (ModelPartition each : partitions) {
            int last = -1;
            Set<String> seen = new HashSet<>();
            for (String value : each.log) {
                found.merge(value, 1, Integer::sum);
                // Without sequences, what a broker does late comes late; nobody was told that it was written.
                boolean counts = options.idempotent() || Objects.requireNonNull(fates.get(value)).failure == null;
                if (seen.add(value) && counts) {
                    int position = sendOrder.getOrDefault(value, -1);
                    assertThat(position).as("the order of %s", value).isGreaterThan(last);
                    last = position;
                }
            }
        }
        fates.values().forEach(fate -> check(fate, found.getOrDefault(fate.value, 0)));
    }

    private void check(Fate fate, int copies) {
        assertThat(fate.told).as("how often %s was told", fate.value).isOne();
        if (options.idempotent()) {
            assertThat(copies).as("copies of %s", fate.value).isLessThanOrEqualTo(1);
        }
        if (fate.failure == null) {
            assertThat(copies).as("%s is confirmed", fate.value).isPositive();
            assertThat(partitions.get(fate.partition).log.get((int) fate.offset))
                    .isEqualTo(fate.value);
        } else if (fate.failure != DeliveryFailure.Kind.UNKNOWN) {
            assertThat(copies)
                    .as("%s is said not to be written: %s", fate.value, fate.failure)
                    .isZero();
        }
    }

    long failed(DeliveryFailure.Kind kind) {
        return fates.values().stream().filter(each -> each.failure == kind).count();
    }

    long delivered() {
        return fates.values().stream().filter(each -> each.failure == null).count();
    }
}
