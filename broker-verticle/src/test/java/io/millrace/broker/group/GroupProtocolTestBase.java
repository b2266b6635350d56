package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.broker.testing.RawClient;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.FindCoordinatorResponse;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** A topic, the coordinator of a group, and how a member gets in. */
abstract class GroupProtocolTestBase extends BrokerTestBase {

    static final String TOPIC = "letters";

    private UUID topicId = new UUID(0, 0);

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "offsets.topic.num.partitions", "3",
                "queued.max.request.bytes", "4194304");
    }

    @BeforeEach
    void createTopic() throws Exception {
        MetadataRequest request = new MetadataRequest()
                .allowAutoTopicCreation(true)
                .topics(List.of(new MetadataRequest.MetadataRequestTopic().name(TOPIC)));
        topicId = client().call(request, 12, MetadataResponse.class)
                .topics()
                .get(0)
                .topicId();
    }

    /** Of {@link #TOPIC}. */
    final UUID topicId() {
        return topicId;
    }

    /** Creates the topic of the groups too, when asked for the first time. */
    final void findCoordinator() throws Exception {
        FindCoordinatorResponse response =
                client().call(new FindCoordinatorRequest().key("g"), 3, FindCoordinatorResponse.class);
        assertThat(response.errorCode()).isZero();
        assertThat(response.port()).isEqualTo(broker().port());
    }

    /** Joins and syncs as the only member; returns the member's id. */
    static String enter(RawClient client, String group, int level) throws Exception {
        JoinGroupResponse joined = join(client, group, "", level);
        if (joined.errorCode() == ErrorCode.MEMBER_ID_REQUIRED.code()) {
            assertThat(level).isGreaterThanOrEqualTo(4);
            joined = join(client, group, joined.memberId(), level);
        }
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.members()).hasSize(1);
        String member = joined.memberId();

        int syncVersion = at(ApiKey.SYNC_GROUP, level);
        SyncGroupResponse synced = client.call(
                new SyncGroupRequest()
                        .groupId(group)
                        .memberId(member)
                        .generationId(1)
                        .protocolType(syncVersion < 5 ? null : "consumer")
                        .protocolName(syncVersion < 5 ? null : "range")
                        .assignments(List.of(new SyncGroupRequestAssignment()
                                .memberId(member)
                                .assignment(Unpooled.copiedBuffer("mine", StandardCharsets.UTF_8)))),
                syncVersion,
                SyncGroupResponse.class);
        assertThat(synced.errorCode()).isZero();
        assertThat(synced.assignment().toString(StandardCharsets.UTF_8)).isEqualTo("mine");
        return member;
    }

    static JoinGroupResponse join(RawClient client, String group, String member, int level) throws Exception {
        return client.call(
                joinRequest(group, new byte[0]).memberId(member),
                at(ApiKey.JOIN_GROUP, level),
                JoinGroupResponse.class);
    }

    /** @param metadata of the only protocol */
    static JoinGroupRequest joinRequest(String group, byte[] metadata) {
        return new JoinGroupRequest()
                .groupId(group)
                .protocolType("consumer")
                .sessionTimeoutMs(10_000)
                .rebalanceTimeoutMs(20_000)
                .protocols(new ArrayList<>(List.of(
                        new JoinGroupRequestProtocol().name("range").metadata(Unpooled.wrappedBuffer(metadata)))));
    }

    /** The version that is nearest to the level among those that the API has. */
    static int at(ApiKey key, int level) {
        return Math.max(key.minVersion(), Math.min(level, key.maxVersion()));
    }
}
