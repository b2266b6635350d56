package io.millrace.perf.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.perf.result.Latency;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Our own load generator, on Kafka's clients: what {@code ProducerPerformance} cannot do, which is records at fixed times, keys,
 * and readers in the same process, whose clock is then the same. A process: {@code Traffic SPEC}, see {@link TrafficSpec}; it
 * prints a {@link TrafficReport}.
 *
 * <p>Readers assign partitions themselves and need no group.
 */
public final class Traffic {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final long START_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long GIVE_UP_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int KEYS = 1_000_000;

    private final TrafficSpec spec;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean producersDone;

    private Traffic(TrafficSpec spec) {
        this.spec = spec;
    }

    public static void main(String[] arguments) throws Exception {
        try {
            System.out.println(
                    MAPPER.writeValueAsString(new Traffic(MAPPER.readValue(arguments[0], TrafficSpec.class)).run()));
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1); // threads of the others may still wait for the broker
        }
        System.exit(0);
    }

    /** The argument that stands for a spec. */
    public static String argument(TrafficSpec spec) throws IOException {
        return MAPPER.writeValueAsString(spec);
    }

    /** Reads what the process printed. @throws IOException when it is no report; says what it is */
    public static TrafficReport parse(String output) throws IOException {
        String last = output.lines().reduce("", (before, line) -> line);
        try {
            return MAPPER.readValue(last, TrafficReport.class);
        } catch (JsonProcessingException e) {
            throw new IOException("no report in the last line of: " + output, e);
        }
    }

    private TrafficReport run() throws Exception {
        TrafficSpec.Flow flow = spec.flow();
        List<TailReader> tail = flow == null ? List.of() : tailReaders(flow);
        List<OpenLoop> producers = flow == null ? List.of() : producers(flow);
        List<Future<?>> reading = new ArrayList<>();
        List<BacklogReader> backlog = backlogReaders();
        backlog.forEach(reader -> reading.add(threads.submit(() -> read(reader, flow != null))));
        if (flow != null) {
            long start = System.nanoTime() + START_DELAY_NANOS;
            long from = start + (long) (flow.warmUpSeconds() * 1e9);
            long end = from + (long) (flow.seconds() * 1e9);
            tail.forEach(reader -> reading.add(threads.submit(() -> reader.run(from, end + GIVE_UP_NANOS))));
            produce(producers, intervalNanos(flow), start, from, end);
        }
        long sent = producers.stream().mapToLong(OpenLoop::sent).sum();
        tail.forEach(reader -> reader.expect(sent));
        for (Future<?> each : reading) {
            each.get();
        }
        return new TrafficReport(
                sent,
                tail.stream().mapToLong(TailReader::received).sum(),
                flow == null ? 0 : flow.seconds(),
                producers.stream().mapToDouble(OpenLoop::acknowledgedPerSecond).sum(),
                tail.stream().mapToDouble(TailReader::receivedPerSecond).sum(),
                backlog.stream().mapToLong(BacklogReader::received).sum(),
                backlog.stream().mapToDouble(BacklogReader::perSecond).sum(),
                latencies(producers, tail));
    }

    private List<TailReader> tailReaders(TrafficSpec.Flow flow) {
        List<TailReader> readers = new ArrayList<>();
        for (int i = 0; i < flow.readers(); i++) {
            TailReader reader = new TailReader(consumer(), Clock.SYSTEM);
            reader.assign(partitions(flow.topic(), flow.partitions()));
            readers.add(reader);
        }
        return readers;
    }

    private List<BacklogReader> backlogReaders() {
        List<BacklogReader> readers = new ArrayList<>();
        TrafficSpec.Backlog backlog = spec.backlog();
        for (int i = 0; backlog != null && i < backlog.readers(); i++) {
            List<TopicPartition> partitions = partitions(backlog.topic(), backlog.partitions());
            readers.add(new BacklogReader(consumer(), partitions, backlog.records(), Clock.SYSTEM));
        }
        return readers;
    }

    private void read(BacklogReader reader, boolean besideFlow) {
        if (besideFlow) {
            reader.run(() -> producersDone);
        } else {
            reader.once();
        }
    }

    private List<OpenLoop> producers(TrafficSpec.Flow flow) {
        List<OpenLoop> loops = new ArrayList<>();
        for (int i = 0; i < flow.producers(); i++) {
            loops.add(new OpenLoop(producer(flow), records(flow, i), Clock.SYSTEM, intervalNanos(flow)));
        }
        return loops;
    }

    /** To their end. */
    private void produce(List<OpenLoop> loops, long intervalNanos, long start, long from, long end) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            OpenLoop loop = loops.get(i);
            long phase = intervalNanos * i / loops.size(); // so that they do not all send at once
            running.add(threads.submit((Callable<@Nullable Void>) () -> {
                loop.run(start + phase, from, end);
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        producersDone = true;
    }

    /** Of one producer; 0 for as fast as it goes. */
    private static long intervalNanos(TrafficSpec.Flow flow) {
        return flow.recordsPerSecond() == 0
                ? 0
                : Math.max(1, Math.round(1e9 * flow.producers() / flow.recordsPerSecond()));
    }

    private OpenLoop.RecordSource records(TrafficSpec.Flow flow, int seed) {
        byte[] payload = Stamp.payload(spec.recordBytes());
        SplittableRandom random = new SplittableRandom(seed);
        return intended -> {
            byte @Nullable [] key = flow.keyed()
                    ? ByteBuffer.allocate(Integer.BYTES)
                            .putInt(random.nextInt(KEYS))
                            .array()
                    : null;
            return new ProducerRecord<>(flow.topic(), key, Stamp.write(payload, intended));
        };
    }

    private KafkaProducer<byte[], byte[]> producer(TrafficSpec.Flow flow) {
        Map<String, Object> config = new HashMap<>(flow.producerProperties());
        config.put("bootstrap.servers", spec.bootstrap());
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> config = Map.of("bootstrap.servers", spec.bootstrap(), "enable.auto.commit", false);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new TopicPartition(topic, i))
                .toList();
    }

    private static Map<String, Latency> latencies(List<OpenLoop> producers, List<TailReader> tail) {
        Map<String, Latency> latencies = new LinkedHashMap<>();
        if (!producers.isEmpty()) {
            latencies.put("ack", sum(producers.stream().map(OpenLoop::acks).toList()));
        }
        if (!tail.isEmpty()) {
            latencies.put(
                    "endToEnd", sum(tail.stream().map(TailReader::endToEnd).toList()));
        }
        return latencies;
    }

    private static Latency sum(List<Histogram> histograms) {
        Histogram all = Latency.newHistogram();
        histograms.forEach(all::add);
        return Latency.of(all);
    }
}
