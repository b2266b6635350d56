package io.millrace.perf.suite;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** All scenarios. A new one is a line here. */
final class Scenarios {
    private static final int PARTITIONS = 6;
    private static final Map<String, String> DEFAULTS = Map.of();
    private static final Map<String, String> ACKS_1 = Map.of("acks", "1", "enable.idempotence", "false");

    /** One request carries one record: room for a batch of one, and not of two. */
    private static final Map<String, String> SINGLE =
            Map.of("batch.size", "1", "linger.ms", "0", "max.request.size", "250");

    /** The client does not wait for company: what is timed is the broker. */
    private static final Map<String, String> AT_ONCE = Map.of("linger.ms", "0");

    /** Kafka syncs before it answers, as Millrace does by default. */
    private static final Map<String, String> KAFKA_SYNCS = Map.of("log.flush.interval.messages", "1");

    /** Millrace answers when the page cache has the record, as Kafka does by default. */
    private static final Map<String, String> MILLRACE_DOES_NOT = Map.of("durability", "os");

    private static final List<Scenario> ALL = all();

    private Scenarios() {}

    private static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        produce(all);
        promises(all);
        consume(all);
        latency(all);
        connections(all);
        start(all);
        scale(all);
        return List.copyOf(all);
    }

    private static void produce(List<Scenario> all) {
        String group = "produce";
        for (String codec : List.of("none", "lz4", "zstd")) {
            boolean none = codec.equals("none");
            Map<String, String> properties = none ? DEFAULTS : Map.of("compression.type", codec);
            for (Size size : Size.values()) {
                Scenario scenario = tool(
                        group,
                        none ? "produce-" + size.label : "produce-" + size.label + "-" + codec,
                        "%s, compression %s".formatted(size.label, codec),
                        new ProduceLoad(size.bytes, size.records, PARTITIONS, 1, 0, properties));
                all.add(none ? pointOfCurves(scenario, size) : scenario);
            }
        }
        all.add(tool(group, "produce-100B-acks1", "100 B, acks=1", new ProduceLoad(100, 4_000_000, 6, 1, 0, ACKS_1)));
        all.add(tool(group, "produce-1KB-acks1", "1 KB, acks=1", new ProduceLoad(1000, 800_000, 6, 1, 0, ACKS_1)));
        all.add(tool(
                group,
                "produce-single",
                "100 B, one record in each request",
                new ProduceLoad(100, 150_000, PARTITIONS, 1, 0, SINGLE)));
        all.add(tool(
                group,
                "produce-single-acks1",
                "100 B, one record in each request, acks=1",
                new ProduceLoad(100, 150_000, PARTITIONS, 1, 0, with(SINGLE, ACKS_1))));
        for (int partitions : List.of(1, 100, 1000)) {
            all.add(tool(
                            group,
                            "produce-" + partitions + "-partitions",
                            "1 KB, partitions: %d".formatted(partitions),
                            new ProduceLoad(1000, 800_000, partitions, 1, 0, DEFAULTS))
                    .on("partitions", partitions, ""));
        }
        for (int producers : List.of(10, 100)) {
            all.add(tool(
                            group,
                            "produce-" + producers + "-producers",
                            "1 KB from %d producers in one process".formatted(producers),
                            new ProduceLoad(1000, 800_000, PARTITIONS, producers, 0, DEFAULTS))
                    .on("producers", producers, ""));
        }
        all.add(new Scenario(
                "produce-keyed",
                group,
                "produce 100 B with a million different keys",
                new FlowLoad(100, PARTITIONS, 1, true, 0, new Span(10), 0, DEFAULTS)));
    }

    /** The middle size is where most curves begin. */
    private static Scenario pointOfCurves(Scenario scenario, Size size) {
        Scenario point = scenario.on("record size", size.bytes, "B");
        return size != Size.MIDDLE
                ? point
                : point.on("partitions", PARTITIONS, "").on("producers", 1, "").on("data", 0, "GB");
    }

    /** The same promise on both sides, once that of one and once that of the other. */
    private static void promises(List<Scenario> all) {
        for (int partitions : List.of(6, 1000)) {
            ProduceLoad load = new ProduceLoad(1000, 400_000, partitions, 1, 0, DEFAULTS);
            String end = "-" + partitions + "-partitions";
            String to = "1 KB, partitions: %d, ".formatted(partitions);
            all.add(tool("durable", "durable" + end, to + "on disk before the answer", load)
                    .with("kafka", KAFKA_SYNCS));
            all.add(tool("page-cache", "page-cache" + end, to + "in the page cache before the answer", load)
                    .with("millrace", MILLRACE_DOES_NOT));
        }
        ProduceLoad single = new ProduceLoad(100, 50_000, PARTITIONS, 1, 0, SINGLE);
        String one = "100 B, one record in each request, ";
        all.add(tool("durable", "durable-single", one + "on disk before the answer", single)
                .with("kafka", KAFKA_SYNCS));
        all.add(tool("page-cache", "page-cache-single", one + "in the page cache before the answer", single)
                .with("millrace", MILLRACE_DOES_NOT));
        all.add(new Scenario(
                        "durable-latency",
                        "durable",
                        "1 KB, 1,000 records/s, on disk before the answer",
                        new FlowLoad(1000, PARTITIONS, 1, false, 1000, new Span(20), 0, AT_ONCE))
                .with("kafka", KAFKA_SYNCS));
    }

    private static void consume(List<Scenario> all) {
        String group = "consume";
        for (int readers : List.of(1, 10)) {
            String by = readers == 1 ? "one consumer" : readers + " consumers";
            int records = readers == 1 ? 2_000_000 : 400_000;
            all.add(new Scenario(
                    "consume-tail-" + readers,
                    group,
                    by + " of 1 KB records as they are written, 20,000 records/s",
                    new FlowLoad(1000, PARTITIONS, 1, false, 20_000, new Span(10), readers, DEFAULTS)));
            all.add(new Scenario(
                    "consume-hot-" + readers,
                    group,
                    by + " of 1 KB records that the page cache has",
                    new ReadLoad(1000, records, PARTITIONS, readers, false, false)));
            all.add(new Scenario(
                    "consume-cold-" + readers,
                    group,
                    by + " of 1 KB records from the disk",
                    new ReadLoad(1000, records, PARTITIONS, readers, true, false)));
        }
        all.add(new Scenario(
                "consume-tool",
                group,
                "ConsumerPerformance reads 1 KB records that the page cache has",
                new ReadLoad(1000, 2_000_000, PARTITIONS, 1, false, true)));
        all.add(new Scenario(
                "catch-up",
                group,
                "a consumer catches up from the disk beside a producer of 5,000 records/s",
                new CatchUpLoad(1000, 5000, new Span(15), PARTITIONS, 2_000_000)));
    }

    private static void latency(List<Scenario> all) {
        for (int rate : List.of(1000, 10_000, 50_000)) {
            all.add(new Scenario(
                            "latency-" + rate / 1000 + "k",
                            "latency",
                            "100 B from producer to consumer, %,d records/s".formatted(rate),
                            new FlowLoad(100, PARTITIONS, 1, false, rate, new Span(30), 1, AT_ONCE))
                    .on("rate", rate, "records/s"));
        }
    }

    private static void connections(List<Scenario> all) {
        for (int connections : List.of(10, 100, 1000, 5000)) {
            all.add(new Scenario(
                            "connections-" + connections,
                            "connections",
                            "%,d connections, 2,000 requests/s of one record".formatted(connections),
                            new ConnectionsLoad(connections, 2000, 100, new Span(10)))
                    .on("connections", connections, ""));
        }
    }

    private static void start(List<Scenario> all) {
        String group = "start";
        all.add(new Scenario("start-cold", group, "first start, empty folder", new StartLoad(0, false))
                .on("partitions at start", 0, ""));
        all.add(new Scenario("start-data", group, "2,000 partitions after a clean stop", new StartLoad(2000, false))
                .on("partitions at start", 2000, ""));
        all.add(new Scenario("start-killed", group, "2,000 partitions after kill -9", new StartLoad(2000, true)));
        all.add(new Scenario("idle-empty", "idle", "nothing to do", new IdleLoad(20, 0)));
        all.add(new Scenario("idle-partitions", "idle", "nothing to do with 2,000 partitions", new IdleLoad(20, 2000)));
    }

    /** The ends of curves whose other points are scenarios of their own right. */
    private static void scale(List<Scenario> all) {
        String group = "scale";
        all.add(tool(group, "scale-10B", "10 B", new ProduceLoad(10, 4_000_000, PARTITIONS, 1, 0, DEFAULTS))
                .on("record size", 10, "B"));
        all.add(tool(group, "scale-100KB", "100 KB", new ProduceLoad(100_000, 8000, PARTITIONS, 1, 0, DEFAULTS))
                .on("record size", 100_000, "B"));
        for (int gigabytes : List.of(1, 4, 10)) {
            ProduceLoad load = new ProduceLoad(1000, 800_000, PARTITIONS, 1, gigabytes * 1_000_000, DEFAULTS);
            all.add(tool(group, "scale-" + gigabytes + "GB", "1 KB beside %d GB of data".formatted(gigabytes), load)
                    .on("data", gigabytes, "GB"));
        }
        all.add(new Scenario("scale-500-started", group, "500 partitions, clean stop", new StartLoad(500, false))
                .on("partitions at start", 500, ""));
    }

    /** Records of three sizes, about as many bytes of each. */
    private enum Size {
        SMALL("100B", 100, 4_000_000),
        MIDDLE("1KB", 1000, 800_000),
        LARGE("10KB", 10_000, 80_000);

        private final String label;
        private final int bytes;
        private final int records;

        Size(String label, int bytes, int records) {
            this.label = label;
            this.bytes = bytes;
            this.records = records;
        }
    }

    private static Scenario tool(String group, String name, String title, ProduceLoad load) {
        return new Scenario(name, group, "produce " + title, load);
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(some);
        all.putAll(more);
        return Map.copyOf(all);
    }

    static List<Scenario> table() {
        return ALL;
    }

    /**
     * Those with one of the names, or in one of the groups; {@code all} stands for every one.
     *
     * @throws IllegalArgumentException when a name is neither; lists what there is
     */
    static List<Scenario> named(List<String> names) {
        Set<Scenario> chosen = new LinkedHashSet<>();
        for (String name : names) {
            List<Scenario> found = ALL.stream()
                    .filter(each -> name.equals("all")
                            || each.name().equals(name)
                            || each.group().equals(name))
                    .toList();
            if (found.isEmpty()) {
                Set<String> allowed = new TreeSet<>();
                ALL.forEach(each -> allowed.addAll(List.of(each.name(), each.group())));
                throw new IllegalArgumentException(
                        "there is no scenario or group " + name + ": all, " + String.join(", ", allowed));
            }
            chosen.addAll(found);
        }
        return List.copyOf(chosen);
    }
}
