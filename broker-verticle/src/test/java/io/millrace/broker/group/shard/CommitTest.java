package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who may commit offsets, when, and what becomes of them. */
class CommitTest extends GroupTestBase {

    @Test
    void whatIsAcknowledgedIsThereAfterACrash() {
        TestMember a = member();
        stabilize(a);

        assertThat(a.commit(3, 42, "mine").get()).isEqualTo(ErrorCode.NONE);
        fixture.crash();

        var partition = fetch(TestMember.TOPIC_ID, List.of(3))
                .get()
                .topics()
                .get(0)
                .partitions()
                .get(0);
        assertThat(partition.committedOffset()).isEqualTo(42);
        assertThat(partition.metadata()).isEqualTo("mine");
        assertThat(partition.committedLeaderEpoch()).isEqualTo(3);
    }

    @Test
    void aCommitIsAnsweredAndSeenOnceItIsOnTheDisk() {
        TestMember a = member();
        stabilize(a);
        a.commit(0, 1);
        fixture.holdDisk();

        Answer<ErrorCode> commit = a.commit(0, 2);
        Answer<OffsetFetchResponseGroup> stable = fetch(TestMember.TOPIC_ID, List.of(0));

        assertThat(commit.isWaiting()).isTrue();
        assertThat(stable.isWaiting()).isTrue();
        Answer<OffsetFetchResponseGroup> unstable = new Answer<>();
        fixture.submit(new FetchOffsets(GROUP, null, -1, null, name -> TestMember.TOPIC_ID, false, unstable));
        assertThat(offset(unstable))
                .as("who does not want to wait sees the last that is safe")
                .isEqualTo(1);
        fixture.flush();
        assertThat(commit.get()).isEqualTo(ErrorCode.NONE);
        assertThat(offset(stable)).isEqualTo(2);
    }

    @Test
    void commitsDoNotWaitForEachOther() {
        TestMember a = member();
        stabilize(a);
        fixture.holdDisk();

        a.commit(0, 1);
        a.commit(0, 2);
        a.commit(1, 3);

        assertThat(fixture.pendingWrites()).isEqualTo(3);
        fixture.flush();
        assertThat(fetch(0)).isEqualTo(2);
        assertThat(fetch(1)).isEqualTo(3);
    }

    @Test
    void aDeletionComesAfterTheCommitsBeforeItAndBeforeThoseBehind() {
        TestMember admin = member();
        fixture.holdDisk();
        admin.commit(0, 1);
        Answer<ErrorCode> deleted = new Answer<>();
        fixture.submit(new DeleteGroup(GROUP, deleted));
        Answer<ErrorCode> behind = admin.commit(1, 2);

        assertThat(fixture.pendingWrites())
                .as("the deletion must see what it deletes")
                .isEqualTo(1);
        fixture.flush();

        assertThat(deleted.get()).isEqualTo(ErrorCode.NONE);
        assertThat(behind.get()).isEqualTo(ErrorCode.NONE);
        assertThat(fetch(0)).isEqualTo(-1);
        assertThat(fetch(1)).isEqualTo(2);
    }

    @Test
    void aCommitThatCannotBeWrittenHasNotHappened() {
        TestMember a = member();
        stabilize(a);
        a.commit(0, 1);
        fixture.holdDisk();
        Answer<ErrorCode> commit = a.commit(0, 2);
        fixture.completeOne(ErrorCode.KAFKA_STORAGE_ERROR);
        fixture.flush();

        assertThat(commit.get()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(fetch(0)).isEqualTo(1);
    }

    @Test
    void whoAssignsItselfMayCommitWhereNobodyIsAMember() {
        TestMember simple = member();

        assertThat(simple.commit(0, 5).get()).isEqualTo(ErrorCode.NONE);

        assertThat(fetch(0)).isEqualTo(5);
        assertThat(state()).isEqualTo("Empty");
        assertThat(describe().protocolType()).isEmpty();
    }

    @Test
    void nobodyElseCommitsInAGroupWithMembers() {
        TestMember a = member();
        stabilize(a);

        assertThat(member().commit(0, 5).get()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        TestMember stranger = member();
        stranger.memberId = "nobody";
        stranger.generation = 1;
        assertThat(stranger.commit(0, 5).get()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        a.generation = 0;
        assertThat(a.commit(0, 5).get()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);

        assertThat(fetch(0)).isEqualTo(-1);
    }

    @Test
    void membersCommitWhatTheyHaveWhileTheGroupPreparesButNotBetweenTheGenerations() {
        TestMember a = member();
        stabilize(a);
        TestMember b = member();
        b.joinTwice();
        assertThat(a.commit(0, 5).get()).isEqualTo(ErrorCode.NONE);
        a.join();

        assertThat(state()).isEqualTo("CompletingRebalance");
        assertThat(a.commit(0, 6).get()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(fetch(0)).isEqualTo(5);
    }

    @Test
    void aGenerationOfAGroupThatIsNotThereIsRefusedAsTheClientKnowsIt() {
        TestMember ghost = member();
        ghost.memberId = "ghost";
        ghost.generation = 4;

        assertThat(ghost.commit(9, new OffsetCommitRequest(), 0, 1, "").get()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(ghost.commit(8, new OffsetCommitRequest(), 0, 1, "").get()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(exists()).isFalse();
    }

    @Test
    void metadataMayHaveItsLengthAndNoMore() {
        TestMember simple = member();
        int max = ShardFixture.SETTINGS.offsetMetadataMax();

        assertThat(simple.commit(0, 1, "x".repeat(max)).get()).isEqualTo(ErrorCode.NONE);
        assertThat(simple.commit(0, 2, "x".repeat(max + 1)).get()).isEqualTo(ErrorCode.OFFSET_METADATA_TOO_LARGE);

        assertThat(fetch(0)).isEqualTo(1);
    }

    @Test
    void aTopicThatWasCreatedAnewInheritsNothing() {
        member().commit(0, 5);
        UUID recreated = new UUID(3, 4);

        assertThat(fetchOf(recreated, 0)).isEqualTo(-1);
        assertThat(fetch(recreated, null).get().topics()).isEmpty();
    }

    @Test
    void theOffsetsOfATopicGoWithIt() {
        member().commit(0, 5);

        fixture.deleteTopic(TestMember.TOPIC_ID);
        fixture.flush();
        fixture.crash();

        assertThat(fetch(0)).isEqualTo(-1);
        assertThat(exists()).isFalse();
    }

    private static long offset(Answer<OffsetFetchResponseGroup> answer) {
        return answer.get().topics().get(0).partitions().get(0).committedOffset();
    }
}
