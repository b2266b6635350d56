package io.millrace.cluster.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.ConfigScope;
import io.millrace.cluster.Decider;
import io.millrace.cluster.Decision;
import io.millrace.cluster.MetadataRecord.ConfigsChanged;
import io.millrace.cluster.MetadataRecord.TopicCreated;
import io.millrace.cluster.MetadataRecord.TopicDeleted;
import io.millrace.cluster.PartitionState;
import io.millrace.cluster.TopicImage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random decisions, power losses, process ends and failing disks. Every image that a log ever held when it acknowledged
 * a decision must be a prefix of what is found later: nothing acknowledged is lost, nothing else appears but decisions
 * that were submitted, in the order of submission.
 */
class CrashTest {
    @Test
    void acknowledgedDecisionsSurviveCrashes() {
        Long seed = Long.getLong("seed");
        if (seed != null) {
            run(seed);
            return;
        }
        for (long each = 0; each < 60; each++) {
            run(each);
        }
    }

    @Test
    @Tag("long")
    void acknowledgedDecisionsSurviveManyCrashes() {
        for (long each = 1_000; each < 21_000; each++) {
            run(each);
        }
    }

    private static void run(long seed) {
        try {
            new World(new Random(seed)).run();
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed + " (replay with -Dseed=" + seed + ")", e);
        }
    }

    /** One directory, and the log that runs on it, over several lives. */
    private static final class World {
        private final Random random;
        private final SimMetadataStore store;
        /** The images by version that may exist: each life extends the one that it found. */
        private List<ClusterImage> history = new ArrayList<>(List.of(ClusterImage.EMPTY));

        private long acknowledged;

        World(Random random) {
            this.random = random;
            this.store = new SimMetadataStore(random);
        }

        void run() {
            for (int life = 0; life < 8; life++) {
                live();
                if (random.nextInt(4) == 0) {
                    store.restart();
                } else {
                    store.crash();
                }
            }
            live();
        }

        private void live() {
            StepExecutor executor = new StepExecutor();
            if (random.nextInt(6) == 0) {
                store.failIn(random.nextInt(12));
            }
            Future<SingleNodeLog> opening = SingleNodeLog.open(store, 4_000, executor);
            executor.runAll();
            if (opening.failed()) {
                assertThat(opening.cause())
                        .hasMessageContaining("cannot be opened")
                        .hasMessageContaining("simulated");
                return;
            }
            SingleNodeLog log = opening.result();
            checkFound(log.image());
            log.subscribe((before, after, records) -> {
                assertThat(before).isSameAs(history.get((int) before.version()));
                assertThat(after.version()).isGreaterThan(before.version());
                acknowledged = after.version();
            });
            history = new ArrayList<>(history.subList(0, (int) log.image().version() + 1));
            history.set(history.size() - 1, log.image());
            if (random.nextInt(5) == 0) {
                store.failIn(random.nextInt(30));
            }
            act(log, executor);
        }

        private void checkFound(ClusterImage found) {
            assertThat(found.version()).isGreaterThanOrEqualTo(acknowledged).isLessThan(history.size());
            assertThat(Snapshots.of(found)).isEqualTo(Snapshots.of(history.get((int) found.version())));
        }

        private void act(SingleNodeLog log, StepExecutor executor) {
            int steps = random.nextInt(60);
            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> executor.runOne();
                    case 3 -> log.submit(image -> Decision.unchanged(1));
                    case 4 ->
                        log.submit(image -> {
                            throw new IllegalStateException("a decider of the test");
                        });
                    default -> log.submit(remembered(randomChange()));
                }
            }
            if (random.nextInt(3) == 0) {
                log.close();
                executor.runAll();
            }
        }

        /** Keeps the image that a decision leads to, since a crash may leave it on the disk unacknowledged. */
        private Decider<Boolean> remembered(Decider<Boolean> change) {
            return image -> {
                Decision<Boolean> decision = change.decide(image);
                if (!decision.records().isEmpty()) {
                    assertThat((long) history.size()).isEqualTo(image.version() + 1);
                    history.add(image.apply(decision.records()));
                    // What the log builds from the same records must be the same object for the listener's check.
                    history.set((int) image.version(), image);
                }
                return decision;
            };
        }

        private Decider<Boolean> randomChange() {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            String name = "t" + random.nextInt(20);
            int size = random.nextInt(3) == 0 ? random.nextInt(2_000) : 1;
            boolean isForGroup = random.nextInt(8) == 0;
            return image -> {
                if (isForGroup) {
                    Set<String> removed = image.groupConfigs(name).keySet();
                    Map<String, String> set = removed.isEmpty() ? Map.of("x", "" + size) : Map.of();
                    return new Decision<>(true, List.of(new ConfigsChanged(ConfigScope.GROUP, name, set, removed)));
                }
                TopicImage topic = image.topic(name);
                if (topic == null) {
                    List<PartitionState> partitions = Collections.nCopies(size, PartitionState.created(List.of(1)));
                    TopicImage created = new TopicImage(name, id, partitions, Map.of());
                    return new Decision<>(true, List.of(new TopicCreated(created)));
                }
                return size == 1
                        ? new Decision<>(true, List.of(new TopicDeleted(topic.id())))
                        : new Decision<>(
                                true,
                                List.of(new ConfigsChanged(
                                        ConfigScope.TOPIC, name, Map.of("retention.ms", "" + size), Set.of())));
            };
        }
    }
}
