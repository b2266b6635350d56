package io.millrace.cluster.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.ConfigScope;
import io.millrace.cluster.Decider;
import io.millrace.cluster.Decision;
import io.millrace.cluster.MetadataLogException;
import io.millrace.cluster.MetadataLogException.Fate;
import io.millrace.cluster.MetadataRecord.ConfigsChanged;
import io.millrace.cluster.MetadataRecord.ProducerIdsAllocated;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SingleNodeLogTest {
    private final SimMetadataStore store = new SimMetadataStore(new Random(1));
    private final StepExecutor executor = new StepExecutor();

    @Test
    void completesAfterTheListenersHaveSeenTheDecision() {
        SingleNodeLog log = open();
        List<String> events = new ArrayList<>();
        log.subscribe((before, after, records) -> events.add("listener " + after.nextProducerId()));

        log.submit(allocate()).onSuccess(next -> events.add("submitter " + next));
        executor.runAll();

        assertThat(events).containsExactly("listener 1", "submitter 1");
        assertThat(log.image().nextProducerId()).isEqualTo(1);
    }

    @Test
    void sharesOneSyncAmongWaitingDecisions() {
        SingleNodeLog log = open();
        int before = store.syncs;
        List<Future<Long>> all = new ArrayList<>();

        for (int i = 0; i < 100; i++) {
            all.add(log.submit(allocate()));
        }
        executor.runAll();

        assertThat(store.syncs).isEqualTo(before + 1);
        assertThat(all).allMatch(Future::succeeded);
        assertThat(all.get(99).result()).isEqualTo(100);
    }

    @Test
    void acknowledgesNothingBeforeTheSync() {
        SingleNodeLog log = open();

        Future<Long> future = log.submit(allocate());

        assertThat(future.isComplete()).isFalse();
        assertThat(log.image().nextProducerId()).isZero();
    }

    @Test
    void failsOnlyTheDeciderThatThrows() {
        SingleNodeLog log = open();

        Future<Long> bad = log.submit(image -> {
            throw new IllegalStateException("no");
        });
        Future<Long> good = log.submit(allocate());
        executor.runAll();

        assertThat(bad.cause()).hasMessage("no");
        assertThat(good.result()).isEqualTo(1);
    }

    @Test
    void failsOnlyTheDecisionWhoseRecordsMakeNoSense() {
        SingleNodeLog log = open();

        Future<Long> bad = log.submit(image ->
                new Decision<>(1L, List.of(new ConfigsChanged(ConfigScope.TOPIC, "none", Map.of(), Set.of("x")))));
        Future<Long> good = log.submit(allocate());
        executor.runAll();

        assertThat(bad.cause()).hasMessageContaining("unknown topic none");
        assertThat(good.result()).isEqualTo(1);
    }

    @Test
    void goesOfflineWhenASyncFails() {
        SingleNodeLog log = open();
        store.failIn(1);

        Future<Long> written = log.submit(allocate());
        executor.runAll();
        Future<Long> later = log.submit(allocate());
        executor.runAll();

        assertThat(written.cause())
                .isInstanceOfSatisfying(
                        MetadataLogException.class,
                        failure -> assertThat(failure.fate()).isEqualTo(Fate.UNKNOWN));
        assertThat(later.cause())
                .isInstanceOfSatisfying(
                        MetadataLogException.class,
                        failure -> assertThat(failure.fate()).isEqualTo(Fate.REFUSED));
        assertThat(log.image().nextProducerId()).isZero();
    }

    @Test
    void refusesSubmissionsAfterItsEnd() {
        SingleNodeLog log = open();

        Future<Long> before = log.submit(allocate());
        Future<Void> closed = log.close();
        executor.runAll();
        Future<Long> after = log.submit(allocate());
        executor.runAll();

        assertThat(before.succeeded()).isTrue();
        assertThat(closed.succeeded()).isTrue();
        assertThat(after.cause()).hasMessageContaining("closed");
    }

    @Test
    void keepsAnswersOfDecisionsThatChangeNothingOffTheDisk() {
        SingleNodeLog log = open();
        int before = store.syncs;

        Future<Long> read = log.submit(image -> Decision.unchanged(image.version()));
        executor.runAll();

        assertThat(read.result()).isZero();
        assertThat(store.syncs).isEqualTo(before);
    }

    @Test
    void refusesWhatDoesNotFitIntoTheQueue() {
        SingleNodeLog log = open();
        for (int i = 0; i < SingleNodeLog.PENDING_MAX; i++) {
            log.submit(image -> Decision.unchanged(1));
        }

        Future<Long> one = log.submit(allocate());

        assertThat(one.cause()).hasMessageContaining("wait to be decided");
        executor.runAll();
        Future<Long> next = log.submit(allocate());
        executor.runAll();
        assertThat(next.succeeded()).isTrue();
    }

    @Test
    void aFailingListenerDoesNotStopTheOthers() {
        SingleNodeLog log = open();
        List<ClusterImage> seen = new ArrayList<>();
        log.subscribe((before, after, records) -> {
            throw new IllegalStateException("a listener of the test");
        });
        log.subscribe((before, after, records) -> seen.add(after));

        Future<Long> future = log.submit(allocate());
        executor.runAll();

        assertThat(future.succeeded()).isTrue();
        assertThat(seen).containsExactly(log.image());
    }

    private SingleNodeLog open() {
        Future<SingleNodeLog> opening = SingleNodeLog.open(store, executor);
        executor.runAll();
        return opening.result();
    }

    private static Decider<Long> allocate() {
        return image -> {
            long next = image.nextProducerId() + 1;
            return new Decision<>(next, List.of(new ProducerIdsAllocated(1, next)));
        };
    }
}
