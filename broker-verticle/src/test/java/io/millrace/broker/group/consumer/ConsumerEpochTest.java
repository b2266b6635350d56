package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import org.junit.jupiter.api.Test;

/** Who is believed: epochs, lost answers, and what members may commit. */
class ConsumerEpochTest extends ConsumerGroupTestBase {

    @Test
    void aLostAnswerIsToldAgain() {
        a.beatInVain();
        a.beat();

        assertThat(a.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(fixture.group().epoch()).as("nothing has changed").isEqualTo(1);
    }

    @Test
    void soIsTheAnswerThatBringsANewEpoch() {
        beat(a, b, a);

        a.beatInVain();
        a.beat();

        assertThat(a.epoch).isEqualTo(2);
        assertThat(a.owned).isEqualTo(partitions(0, 1));
    }

    @Test
    void whoIsAheadOrBehindIsFenced() {
        settle(a, b);

        ConsumerGroupHeartbeatResponse ahead = a.send(a.request().memberEpoch(9));
        ConsumerGroupHeartbeatResponse behind = b.send(b.request().memberEpoch(1));

        assertThat(ErrorCode.forCode(ahead.errorCode())).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        assertThat(ahead.errorMessage())
                .isEqualTo("The consumer group member has a greater member epoch (9) than the one known by the group"
                        + " coordinator (2). The member must abandon all its partitions and rejoin.");
        assertThat(ErrorCode.forCode(behind.errorCode())).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        assertThat(behind.errorMessage()).contains("a smaller member epoch (1)");
    }

    @Test
    void whoHasMoreThanItShouldIsNotBelievedToHaveMissedAnAnswer() {
        beat(a, b);
        TopicPartitions all = a.owned;
        a.beat();
        a.beat();
        assertThat(a.epoch).isEqualTo(2);
        a.epoch = 1;
        a.owned = all;

        assertThat(a.beat()).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    }

    @Test
    void strangersAreUnknown() {
        a.epoch = 3;
        assertThat(a.beat()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        a.epoch = 0;
        a.beat();
        b.epoch = 1;

        assertThat(b.beat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(b.epoch).isZero();
    }

    @Test
    void commitsAreAcceptedOfThisEpochAndOfPartitionsThatTheMemberHasHadSince() {
        beat(a, b, a);
        a.beatInVain();
        ConsumerGroup group = fixture.group();

        assertThat(group.offsetRights().checkCommit(a.id, 1, (short) 9))
                .as("it has missed epoch 2")
                .isEqualTo(ErrorCode.NONE);
        assertThat(group.offsetRights().checkPartition(a.id, 1, topicId, 0)).isEqualTo(ErrorCode.NONE);
        assertThat(group.offsetRights().checkPartition(a.id, 1, topicId, 3))
                .as("it has given it up")
                .isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(group.offsetRights().checkPartition(a.id, 2, topicId, 3))
                .as("as Kafka")
                .isEqualTo(ErrorCode.NONE);
        assertThat(group.offsetRights().checkCommit(a.id, 3, (short) 9)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(group.offsetRights().checkCommit(a.id, -1, (short) 9)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(group.offsetRights().checkCommit(a.id, 2, (short) 8)).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        assertThat(group.offsetRights().checkCommit("nobody", 2, (short) 9)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.offsetRights().checkFetch(a.id, 2)).isEqualTo(ErrorCode.NONE);
        assertThat(group.offsetRights().checkFetch(a.id, 1)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(group.offsetRights().checkFetch("nobody", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.offsetRights().checkFetch(null, -1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void soAreThoseOfMembersThatSpeakTheClassicProtocol() {
        TestConsumer b = new TestClassicConsumer(fixture, false).reads(TOPIC);
        b.beat();
        settle(a, b);
        assertThat(b.epoch).isEqualTo(2);
        int kept = b.owned.of(topicId).get(0);
        int given = a.owned.of(topicId).get(0);
        OffsetRights rights = fixture.group().offsetRights();

        assertThat(rights.checkCommit(b.id, 1, (short) 8))
                .as("it was on its way when the member joined again")
                .isEqualTo(ErrorCode.NONE);
        assertThat(rights.checkPartition(b.id, 1, topicId, kept)).isEqualTo(ErrorCode.NONE);
        assertThat(rights.checkPartition(b.id, 1, topicId, given)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(rights.checkCommit(b.id, 3, (short) 8)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(rights.checkCommit(b.id, -1, (short) 8)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(rights.checkFetch(b.id, 2)).isEqualTo(ErrorCode.NONE);
        assertThat(rights.checkFetch(b.id, 1)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void anEmptyGroupTakesCommitsOfAnybody() {
        a.beat();
        a.leave();

        assertThat(fixture.group().offsetRights().checkCommit("", -1, (short) 2))
                .isEqualTo(ErrorCode.NONE);
    }
}
