package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.GroupConfig;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.shard.FetchOffsets;
import io.millrace.broker.group.shard.Heartbeat;
import io.millrace.broker.partition.Partitions;
import io.millrace.cluster.log.SingleNodeLog;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What clients are told while the groups are not there. */
@ExtendWith(VertxExtension.class)
class GroupCoordinatorsTest {

    private static final GroupSettings SETTINGS = new GroupSettings(6_000, 60_000, 0, 10, 100, 1_000_000);

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private SingleNodeLog metadata;

    @SuppressWarnings("NullAway.Init")
    private GroupCoordinators groups;

    @BeforeEach
    void open(Vertx vertx) throws Exception {
        metadata = SingleNodeLog.open(folder).await(10, TimeUnit.SECONDS);
        groups = new GroupCoordinators(
                1,
                metadata,
                new Partitions(),
                vertx.createSharedWorkerExecutor("groups"),
                SETTINGS,
                new GroupConfig(BrokerConfig.parse(Map.of())),
                60_000,
                Clock.systemUTC());
    }

    @AfterEach
    void close() throws Exception {
        metadata.close().await(10, TimeUnit.SECONDS);
    }

    /** An empty answer would send every consumer back to the beginning, or to the end. */
    @Test
    void nobodyIsToldThatNothingWasCommittedWhileThatIsNotKnown() {
        assertThat(fetch()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(groups.list().result().error()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @Test
    void membersMayBelieveThatAllIsWellMeanwhile() {
        List<HeartbeatResponse> answers = new ArrayList<>();

        groups.submit(new Heartbeat(new HeartbeatRequest().groupId("g").memberId("m"), answers::add));

        assertThat(answers).singleElement().matches(each -> each.errorCode() == 0);
    }

    @Test
    void withoutItsTopicThereIsNoGroup() {
        groups.start();

        assertThat(fetch()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(groups.list().result().error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aStoppedCoordinatorIsToBeLookedForAgain() {
        groups.start();

        groups.close();

        assertThat(fetch()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    private ErrorCode fetch() {
        List<OffsetFetchResponseGroup> answers = new ArrayList<>();
        groups.submit(new FetchOffsets("g", null, -1, null, name -> null, false, answers::add));
        assertThat(answers).hasSize(1);
        assertThat(answers.get(0).topics()).isEmpty();
        return ErrorCode.forCode(answers.get(0).errorCode());
    }
}
