package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.consumer.HeartbeatAttempt;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupDescribeResponse;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Groups of the next-generation protocol among the others: how a group becomes one, and what else is asked of it. */
class ConsumerShardTest extends GroupTestBase {

    private static final int SESSION_MS = TestContexts.CONSUMERS.sessionTimeoutMs();

    private ConsumerGroupHeartbeatResponse beat(ConsumerGroupHeartbeatRequest request) {
        Answer<ConsumerGroupHeartbeatResponse> answer = send(request);
        return answer.get();
    }

    private Answer<ConsumerGroupHeartbeatResponse> send(ConsumerGroupHeartbeatRequest request) {
        Answer<ConsumerGroupHeartbeatResponse> answer = new Answer<>();
        fixture.submit(new ConsumerHeartbeat(
                GROUP, new HeartbeatAttempt(request.groupId(GROUP), "client", "/here", "given", answer)));
        return answer;
    }

    private static ConsumerGroupHeartbeatRequest joining(String member, @Nullable String instance) {
        return new ConsumerGroupHeartbeatRequest()
                .memberId(member)
                .instanceId(instance)
                .rebalanceTimeoutMs(60_000)
                .subscribedTopicNames(List.of(TestMember.TOPIC))
                .topicPartitions(List.of());
    }

    private ErrorCode join(String member) {
        return ErrorCode.forCode(beat(joining(member, null)).errorCode());
    }

    private void leave(String member) {
        assertThat(beat(new ConsumerGroupHeartbeatRequest().memberId(member).memberEpoch(-1))
                        .errorCode())
                .isZero();
    }

    private ConsumerGroupDescribeResponse.DescribedGroup describeConsumers() {
        Answer<ConsumerGroupDescribeResponse.DescribedGroup> answer = new Answer<>();
        fixture.submit(new DescribeConsumerGroup(GROUP, answer));
        return answer.get();
    }

    private ErrorCode commit(String member, int epoch, long offset) {
        OffsetCommitResponsePartition result = new OffsetCommitResponsePartition();
        OffsetCommitRequestPartition commit =
                new OffsetCommitRequestPartition().partitionIndex(0).committedOffset(offset);
        Answer<Boolean> answered = new Answer<>();
        fixture.submit(new CommitOffsets(
                new OffsetCommitRequest().groupId(GROUP).memberId(member).generationIdOrMemberEpoch(epoch),
                (short) 9,
                List.of(new CommitOffsets.Item(TestMember.TOPIC, TestMember.TOPIC_ID, commit, result)),
                100,
                () -> answered.accept(true)));
        assertThat(answered.get()).isTrue();
        return ErrorCode.forCode(result.errorCode());
    }

    private ErrorCode fetchAs(String member, int epoch) {
        Answer<OffsetFetchResponseGroup> answer = new Answer<>();
        fixture.submit(new FetchOffsets(GROUP, member, epoch, null, name -> TestMember.TOPIC_ID, true, answer));
        return ErrorCode.forCode(answer.get().errorCode());
    }

    // ---- members

    @Test
    void aMemberThatFallsSilentIsOut() {
        assertThat(join("a")).isEqualTo(ErrorCode.NONE);
        fixture.advance(SESSION_MS - 1);
        assertThat(describeConsumers().groupState()).isEqualTo("Stable");

        fixture.advance(1);

        assertThat(describeConsumers().groupState()).isEqualTo("Empty");
    }

    @Test
    void aHeartbeatKeepsItAlive() {
        join("a");
        fixture.advance(SESSION_MS - 1);
        assertThat(beat(new ConsumerGroupHeartbeatRequest().memberId("a").memberEpoch(1))
                        .errorCode())
                .isZero();
        fixture.advance(SESSION_MS - 1);

        assertThat(describeConsumers().members()).hasSize(1);
    }

    @Test
    void aFirstMemberThatCannotBeWrittenLeavesNothing() {
        fixture.holdDisk();
        Answer<ConsumerGroupHeartbeatResponse> answer = send(joining("a", null));
        assertThat(fixture.shard().list()).isEmpty();

        fixture.completeOne(ErrorCode.NOT_ENOUGH_REPLICAS);
        fixture.flush();

        assertThat(ErrorCode.forCode(answer.get().errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(exists()).isFalse();
        assertThat(fixture.heldBytes()).isZero();
        assertThat(join("a")).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void anAdministratorSendsMembersAway() {
        beat(joining("a", "desk"));
        join("b");
        beat(joining("c", "table"));
        join("d");
        Answer<LeaveGroupResponse> answer = new Answer<>();

        fixture.submit(new LeaveGroup(
                GROUP,
                List.of(
                        new MemberIdentity().groupInstanceId("desk"),
                        new MemberIdentity().groupInstanceId("elsewhere"),
                        new MemberIdentity().memberId("b"),
                        new MemberIdentity().memberId("b").groupInstanceId("table"),
                        new MemberIdentity()),
                answer));

        assertThat(answer.get().members())
                .extracting(each -> ErrorCode.forCode(each.errorCode()))
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.UNKNOWN_MEMBER_ID,
                        ErrorCode.NONE,
                        ErrorCode.FENCED_INSTANCE_ID,
                        ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(describeConsumers().members())
                .extracting(each -> each.memberId())
                .containsExactly("c", "d");
    }

    // ---- from one protocol to the other

    @Test
    void anEmptyGroupOfTheClassicProtocolBecomesOneOfTheOther() {
        TestMember classic = member();
        stabilize(classic);
        classic.commit(0, 5);
        classic.leave();

        assertThat(join("a")).isEqualTo(ErrorCode.NONE);

        assertThat(describeConsumers().groupState()).isEqualTo("Stable");
        assertThat(fetch(0)).isEqualTo(5);
        assertThat(fixture.shard().list())
                .singleElement()
                .satisfies(each -> assertThat(each.groupType()).isEqualTo("consumer"));
        fixture.crash();
        assertThat(describeConsumers().members()).hasSize(1);
        assertThat(fetch(0)).isEqualTo(5);
        fixture.advance(SESSION_MS);
        assertThat(describeConsumers().groupState()).isEqualTo("Empty");
    }

    @Test
    void whoCannotJoinAnEmptyGroupLeavesItAsItIs() {
        join("a");
        leave("a");
        int epoch = describeConsumers().groupEpoch();
        TestMember stranger = member();
        stranger.memberId = "stranger";

        assertThat(error(stranger.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(error(member().noProtocols().join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);

        assertThat(describeConsumers().groupState()).isEqualTo("Empty");
        assertThat(describeConsumers().groupEpoch()).isEqualTo(epoch);
    }

    @Test
    void soDoesOneWithoutOffsets() {
        TestMember classic = member();
        stabilize(classic);
        classic.leave();

        assertThat(join("a")).isEqualTo(ErrorCode.NONE);
        fixture.advance(SESSION_MS);

        assertThat(describeConsumers().groupState()).as("its session has begun").isEqualTo("Empty");
    }

    @Test
    void whileItHasMembersWhoseWordsNobodyUnderstandsItDoesNot() {
        TestMember classic = member();
        stabilize(classic);

        assertThat(join("a")).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);

        assertThat(classic.heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void anExpressionThatWasMatchedForMembersThatAreGoneDoesNotStopLaterOnes() {
        ConsumerGroupHeartbeatRequest reader =
                joining("a", null).subscribedTopicNames(List.of()).subscribedTopicRegex(".*");
        beat(reader);
        assertThat(fixture.toResolve()).hasSize(1);
        assertThat(commit("a", 1, 5)).isEqualTo(ErrorCode.NONE);
        leave("a");
        assertThat(error(member().join())).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        fixture.submit(new ResolveRegexes(GROUP, Map.of(".*", new TreeSet<>(Set.of(TestMember.TOPIC))), 1));
        assertThat(describeConsumers().groupState()).isEqualTo("Dead");
        fixture.advance(10_000);

        beat(reader);

        assertThat(fixture.toResolve()).as("it is matched again").hasSize(2);
    }

    @Test
    void anEmptyGroupBecomesOneOfTheClassicProtocol() {
        join("a");
        assertThat(commit("a", 1, 5)).isEqualTo(ErrorCode.NONE);
        leave("a");
        TestMember classic = member();

        stabilize(classic);

        assertThat(fetch(0)).isEqualTo(5);
        fixture.crash();
        assertThat(state()).isEqualTo("Stable");
        assertThat(describeConsumers().groupState()).isEqualTo("Dead");
    }

    // ---- offsets

    @Test
    void membersCommitAndFetchInTheirEpoch() {
        join("a");

        assertThat(commit("a", 1, 5)).isEqualTo(ErrorCode.NONE);
        assertThat(commit("a", 2, 6)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(commit("nobody", 1, 7)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(fetchAs("a", 1)).isEqualTo(ErrorCode.NONE);
        assertThat(fetchAs("a", 0)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(fetch(0)).isEqualTo(5);
    }

    @Test
    void offsetsThatAreReadAreKeptAndOthersForgotten() {
        join("a");
        commit("a", 1, 5);
        fixture.setWallClock(fixture.now().wallMs() + ShardFixture.SETTINGS.offsetsRetentionMs());
        fixture.expire();
        assertThat(fetch(0)).isEqualTo(5);

        leave("a");
        fixture.expire();

        assertThat(fetch(0)).isEqualTo(-1);
        assertThat(exists()).isFalse();
        fixture.crash();
        assertThat(exists()).isFalse();
    }

    @Test
    void onlyAnEmptyGroupCanBeDeleted() {
        join("a");
        commit("a", 1, 5);
        assertThat(delete()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        leave("a");

        assertThat(delete()).isEqualTo(ErrorCode.NONE);

        assertThat(exists()).isFalse();
        fixture.crash();
        assertThat(exists()).isFalse();
        assertThat(fixture.heldBytes()).isZero();
    }
}
