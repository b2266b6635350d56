package io.millrace.perf.suite;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** All scenarios. A new one is a line here. */
final class Scenarios {
    /** One request carries one record: room for a batch of one, and not of two. */
    private static final Map<String, String> SINGLE =
            Map.of("batch.size", "1", "linger.ms", "0", "max.request.size", "250");

    private static final Map<String, String> ONE = Map.of("acks", "1", "enable.idempotence", "false");
    private static final Map<String, String> NONE = Map.of();

    private static final List<Scenario> ALL = all();

    private Scenarios() {}

    private static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        produce(all);
        return List.copyOf(all);
    }

    private static void produce(List<Scenario> all) {
        for (String codec : List.of("none", "lz4", "zstd")) {
            Map<String, String> properties = codec.equals("none") ? NONE : Map.of("compression.type", codec);
            String end = codec.equals("none") ? "" : "-" + codec;
            all.add(produce("100B" + end, "100 B, compression " + codec, 100, 4_000_000, 6, 1, properties));
            all.add(produce("1KB" + end, "1 KB, compression " + codec, 1000, 800_000, 6, 1, properties));
            all.add(produce("10KB" + end, "10 KB, compression " + codec, 10_000, 80_000, 6, 1, properties));
        }
        all.add(produce("100B-acks1", "100 B, acks=1", 100, 4_000_000, 6, 1, ONE));
        all.add(produce("1KB-acks1", "1 KB, acks=1", 1000, 800_000, 6, 1, ONE));
        all.add(produce("single", "100 B, one record in each request", 100, 150_000, 6, 1, SINGLE));
    }

    private static Scenario produce(
            String name,
            String title,
            int bytes,
            int records,
            int partitions,
            int producers,
            Map<String, String> properties) {
        return new Scenario(
                "produce-" + name,
                "produce",
                "produce " + title,
                new ProduceLoad(bytes, records, partitions, producers, properties));
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
