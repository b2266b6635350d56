package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.classic.GroupState;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.millrace.wire.message.SyncGroupResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What tests of groups have in common. */
abstract class GroupTestBase {

    static final String GROUP = "readers";
    private static final long INITIAL_DELAY_MS = 3_000;

    final ShardFixture fixture = fixture();

    ShardFixture fixture() {
        return new ShardFixture();
    }

    final TestMember member() {
        return new TestMember(fixture, GROUP);
    }

    /** Brings members into a generation of which nobody has an assignment yet; the first leads. */
    final void gather(TestMember... members) {
        for (TestMember each : members) {
            each.joinTwice();
        }
        fixture.advance(INITIAL_DELAY_MS * members.length);
    }

    /** Brings members into a stable generation; the first leads. */
    final void stabilize(TestMember... members) {
        gather(members);
        for (TestMember each : members) {
            if (!each.leads()) {
                each.sync();
            }
        }
        for (TestMember each : members) {
            if (each.leads()) {
                each.sync(members);
            }
        }
        assertThat(state()).isEqualTo(GroupState.STABLE.title());
    }

    final String state() {
        return describe().groupState();
    }

    final DescribedGroup describe() {
        Answer<DescribedGroup> answer = new Answer<>();
        fixture.submit(new DescribeGroup(GROUP, (short) 5, answer));
        return answer.get();
    }

    final boolean exists() {
        return fixture.shard().find(GROUP) != null;
    }

    /** The committed offset of a partition, -1 if there is none. */
    final long fetch(int partition) {
        return fetchOf(TestMember.TOPIC_ID, partition);
    }

    final long fetchOf(UUID topicId, int partition) {
        OffsetFetchResponseGroup group = fetch(topicId, List.of(partition)).get();
        assertThat(group.errorCode()).isZero();
        return group.topics().get(0).partitions().get(0).committedOffset();
    }

    final Answer<OffsetFetchResponseGroup> fetch(UUID topicId, @Nullable List<Integer> partitions) {
        Answer<OffsetFetchResponseGroup> answer = new Answer<>();
        fixture.submit(new FetchOffsets(
                GROUP,
                null,
                -1,
                partitions == null ? null : List.of(new FetchOffsets.Topic(TestMember.TOPIC, partitions)),
                name -> topicId,
                true,
                answer));
        return answer;
    }

    final ErrorCode delete() {
        Answer<ErrorCode> answer = new Answer<>();
        fixture.submit(new DeleteGroup(GROUP, answer));
        return answer.get();
    }

    static ErrorCode error(Answer<JoinGroupResponse> answer) {
        return ErrorCode.forCode(answer.get().errorCode());
    }

    static ErrorCode syncError(Answer<SyncGroupResponse> answer) {
        return ErrorCode.forCode(answer.get().errorCode());
    }

    static String assignment(Answer<SyncGroupResponse> answer) {
        return answer.get().assignment().toString(StandardCharsets.UTF_8);
    }
}
