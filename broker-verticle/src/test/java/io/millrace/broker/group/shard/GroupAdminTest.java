package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import io.millrace.wire.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What tools see of groups, and do with them. */
class GroupAdminTest extends GroupTestBase {

    @Test
    void aStableGroupTellsEverything() {
        TestMember a = member().instance("desk");
        stabilize(a);

        DescribedGroup group = describe();

        assertThat(group.protocolType()).isEqualTo("consumer");
        assertThat(group.protocolData()).isEqualTo("range");
        assertThat(group.members()).singleElement().satisfies(each -> {
            assertThat(each.memberId()).isEqualTo(a.memberId);
            assertThat(each.groupInstanceId()).isEqualTo("desk");
            assertThat(each.clientHost()).isEqualTo("/here");
            assertThat(each.memberMetadata().readableBytes()).isPositive();
            assertThat(each.memberAssignment().toString(StandardCharsets.UTF_8)).isEqualTo("for " + a.memberId);
        });
    }

    @Test
    void aGroupThatIsNotThereIsDead() {
        DescribedGroup old = describe();
        Answer<DescribedGroup> answer = new Answer<>();
        fixture.submit(new DescribeGroup(GROUP, (short) 6, answer));

        assertThat(old.groupState()).isEqualTo("Dead");
        assertThat(old.errorCode()).isZero();
        assertThat(answer.get().errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
        assertThat(answer.get().errorMessage()).contains(GROUP);
    }

    @Test
    void allGroupsAreListed() {
        stabilize(member());
        new TestMember(fixture, "other").commit(0, 1);

        assertThat(fixture.shard().list())
                .extracting(ListedGroup::groupId, ListedGroup::groupState, ListedGroup::protocolType)
                .containsExactlyInAnyOrder(tuple(GROUP, "Stable", "consumer"), tuple("other", "Empty", ""));
        assertThat(fixture.shard().list()).allMatch(each -> each.groupType().equals("classic"));
    }

    @Test
    void onlyAnEmptyGroupCanBeDeleted() {
        assertThat(delete()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        TestMember a = member();
        stabilize(a);
        a.commit(0, 5);
        assertThat(delete()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        assertThat(fetch(0)).isEqualTo(5);
        a.leave();

        assertThat(delete()).isEqualTo(ErrorCode.NONE);

        assertThat(exists()).isFalse();
        fixture.crash();
        assertThat(exists()).isFalse();
        assertThat(fetch(0)).isEqualTo(-1);
    }

    @Test
    void offsetsOfTopicsThatMembersReadCannotBeDeleted() {
        TestMember a = member();
        stabilize(a);
        a.commit(0, 5);

        assertThat(deleteOffset()).isEqualTo(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
        a.leave();
        assertThat(deleteOffset()).isEqualTo(ErrorCode.NONE);

        fixture.crash();
        assertThat(fetch(0)).isEqualTo(-1);
    }

    @Test
    void whatOtherMembersReadCannotBeToldSoNothingIsDeleted() {
        TestMember a = member().protocolType("connect");
        stabilize(a);
        a.commit(0, 5);

        assertThat(deleteOffset()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        assertThat(fetch(0)).isEqualTo(5);
    }

    @Test
    void thereAreNoOffsetsToDeleteInAGroupThatIsNotThere() {
        assertThat(deleteOffset()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void afterACrashMembersGoOnWhereTheyWere() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);
        fixture.crash();

        assertThat(state()).isEqualTo("Stable");
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(assignment(b.sync())).isEqualTo("for " + b.memberId);
        assertThat(b.commit(0, 4).get()).isEqualTo(ErrorCode.NONE);
        assertThat(a.join().isWaiting()).as("the leader is still the leader").isTrue();
        b.join();
        assertThat(a.generation).isEqualTo(2);
    }

    @Test
    void afterACrashMembersThatDoNotComeBackAreOut() {
        TestMember a = member().timeouts(10_000, 60_000);
        stabilize(a);
        fixture.crash();

        fixture.advance(10_001);

        assertThat(state()).isEqualTo("Empty");
    }

    /** The group's error, or that of the partition. */
    private ErrorCode deleteOffset() {
        Answer<ErrorCode> answer = new Answer<>();
        OffsetDeleteResponsePartition partition = new OffsetDeleteResponsePartition();
        fixture.submit(
                new DeleteOffsets(GROUP, List.of(new DeleteOffsets.Item(TestMember.TOPIC, 0, partition)), answer));
        return answer.get() == ErrorCode.NONE ? ErrorCode.forCode(partition.errorCode()) : answer.get();
    }
}
