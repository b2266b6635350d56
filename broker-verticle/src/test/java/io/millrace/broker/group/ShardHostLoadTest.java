package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.record.CommittedOffset;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How a shard is loaded, and loaded again when that fails. */
class ShardHostLoadTest extends ShardHostTestBase {

    private static final UUID GONE = new UUID(5, 6);

    @Test
    void untilTheLogIsReadClientsAreToldToComeAgain() {
        host.start();

        assertThat(fetchError()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(heartbeat()).as("a member may believe that all is well").isEqualTo(ErrorCode.NONE);
        assertThat(listError()).isEqualTo("COORDINATOR_LOAD_IN_PROGRESS");
        read();

        assertThat(fetch(0)).isEqualTo(7);
        assertThat(list().result()).hasSize(1);
    }

    @Test
    void anEmptyLogNeedsNoWorker() {
        store.durable.clear();

        host.start();

        assertThat(fetch(0)).isEqualTo(-1);
        assertThat(work).isEmpty();
    }

    @Test
    void whoDoesNotLeadAnswersNothing() {
        host.start();
        read();
        store.leadership = ErrorCode.NOT_LEADER_OR_FOLLOWER;

        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void aLogThatCannotBeReadIsReadAgainEverMoreSeldom() {
        store.failure = new IOException("planted");
        host.start();
        read();

        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(heartbeat()).as("it is not well").isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(listError()).isEqualTo("COORDINATOR_NOT_AVAILABLE");
        passMs(90);
        assertThat(store.loads).as("not at once").isEqualTo(1);
        passMs(60);
        assertThat(store.loads).isEqualTo(2);
        passMs(10 * ShardHost.PAUSE_MAX_MS);
        assertThat(store.loads).isBetween(12, 20);

        store.failure = null;
        passMs(ShardHost.PAUSE_MAX_MS + 100);
        assertThat(fetch(0)).isEqualTo(7);
    }

    @Test
    void soIsOneThatOurCodeCannotRead() {
        store.failure = new IllegalStateException("planted");
        host.start();
        read();
        passMs(1_000);

        assertThat(store.loads).isBetween(2, 5);
        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void withoutAThreadToReadItWaits() {
        poolIsClosed = true;
        host.start();

        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        poolIsClosed = false;
        passMs(200);

        assertThat(fetch(0)).isEqualTo(7);
    }

    /** The system may have none for the pool, which then throws no exception. */
    @Test
    void soItDoesWhereNoMoreThreadsCanBeStarted() {
        threadsAreSpent = true;
        host.start();

        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        threadsAreSpent = false;
        passMs(200);

        assertThat(fetch(0)).isEqualTo(7);
    }

    @Test
    void noSecondLoadBeginsWhileOneIsUnderWay() {
        host.start();
        host.submit(new Planted() {
            @Override
            public void refuse(ErrorCode error) {
                throw new IllegalStateException("planted");
            }
        });
        turn();

        assertThat(work).hasSize(1);
        read();
        assertThat(fetch(0)).isEqualTo(7);
        passMs(1_000);
        assertThat(store.loads).isEqualTo(1);
    }

    @Test
    void whatIsClosedWhileItLoadsStaysClosed() {
        host.start();
        host.close(ErrorCode.NOT_COORDINATOR);
        read();
        passMs(2 * ShardHost.PAUSE_MAX_MS);

        assertThat(store.loads).isEqualTo(1);
        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void whatIsClosedWhileItWaitsIsNotReadAgain() {
        store.failure = new IOException("planted");
        host.start();
        read();
        host.close(ErrorCode.NOT_COORDINATOR);
        passMs(2 * ShardHost.PAUSE_MAX_MS);

        assertThat(store.loads).isEqualTo(1);
    }

    @Test
    void offsetsOfTopicsThatAreGoneAreForgottenSoonAfterAStart() {
        for (int i = 0; i < 100; i++) {
            store.durable.add(new OffsetRecord("g" + i, TOPIC, 0, new CommittedOffset(i, -1, "", 0, -1, GONE)));
        }
        host.start();
        read();
        assertThat(list().result()).hasSize(101);

        passMs(500);

        assertThat(list().result()).hasSize(1);
    }
}
