package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.OsFileStore;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RoomWaiterTest {

    @TempDir
    private Path folder;

    @Test
    void aWaiterWhoseEventLoopIsGoneHurtsNobodyElse() throws Exception {
        try (RingFixture fixture = new RingFixture(folder, new OsFileStore())) {
            CountDownLatch commitGoesOn = fixture.stopCommits();
            int appends = fixture.fill();
            CountDownLatch woken = new CountDownLatch(1);
            fixture.ring().onRoom(1, () -> {
                throw new RejectedExecutionException("event loop is gone");
            });
            fixture.ring().onRoom(1, woken::countDown);

            commitGoesOn.countDown();

            RingFixture.await(woken);
            assertThat(fixture.awaitResults(appends)).allMatch(AppendResult::isAccepted);
            assertThat(fixture.shard().isOffline()).isFalse();
        }
    }
}
