package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.shard.TaskRun;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UrgentTaskTest {

    @TempDir
    private Path folder;

    @Test
    void anyNumberOfUrgentTasksRunsWhileTheRingIsFullAndTheCommitStageStandsStill() throws Exception {
        try (RingFixture fixture = new RingFixture(folder, new OsFileStore())) {
            CountDownLatch commitGoesOn = fixture.stopCommits();
            int appends = fixture.fill();

            int tasks = 20 * RingFixture.OPTIONS.slots();
            Semaphore ran = new Semaphore(0);
            Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < tasks; i++) {
                fixture.ring().submitUrgent(new TaskRun<>((owner, nowMs) -> nowMs, (value, failure) -> {
                    if (failure != null) {
                        failures.add(failure);
                    }
                    ran.release();
                }));
            }

            assertThat(ran.tryAcquire(tasks, 20, TimeUnit.SECONDS)).isTrue();
            assertThat(failures).isEmpty();
            commitGoesOn.countDown();
            assertThat(fixture.awaitResults(appends)).allMatch(AppendResult::isAccepted);
            assertThat(fixture.shard().isOffline()).isFalse();
        }
    }

    @Test
    void controlWorkComesThroughWhenAppendsHaveFilledTheRing() throws Exception {
        try (RingFixture fixture = new RingFixture(folder, new OsFileStore())) {
            CountDownLatch commitGoesOn = fixture.stopCommits();
            int appends = fixture.fill();
            CountDownLatch ran = new CountDownLatch(1);

            fixture.ring().submit((owner, nowMs) -> {
                ran.countDown();
                return nowMs;
            });

            RingFixture.await(ran);
            commitGoesOn.countDown();
            assertThat(fixture.awaitResults(appends)).allMatch(AppendResult::isAccepted);
        }
    }

    @Test
    void anUrgentTaskAfterTheStopIsToldThatItDidNotRun() throws Exception {
        try (RingFixture fixture = new RingFixture(folder, new OsFileStore())) {
            fixture.threads().stop();
            Queue<Boolean> failed = new ConcurrentLinkedQueue<>();

            fixture.ring()
                    .submitUrgent(
                            new TaskRun<>((owner, nowMs) -> nowMs, (value, failure) -> failed.add(failure != null)));

            assertThat(failed).containsExactly(true);
        }
    }
}
