package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.decision.Decision;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupDescribeResponse.DescribedGroup;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How members come and go, and come to what they are to read. */
class ConsumerGroupTest {

    private static final String TOPIC = "letters";

    private ConsumerFixture fixture = new ConsumerFixture();
    private UUID topicId = new UUID(0, 0);

    @BeforeEach
    void createTopic() {
        topicId = fixture.topics.create(TOPIC, 4);
    }

    private TestConsumer member() {
        return new TestConsumer(fixture).reads(TOPIC);
    }

    private TopicPartitions partitions(Integer... of) {
        return new TopicPartitions.Builder().addAll(topicId, List.of(of)).build();
    }

    private String state() {
        return fixture.group().state().title();
    }

    /** Lets members go on until nothing changes. */
    private void settle(TestConsumer... members) {
        for (int round = 0; round < 10; round++) {
            for (TestConsumer each : members) {
                assertThat(each.beat()).isEqualTo(ErrorCode.NONE);
            }
        }
        assertThat(state()).isEqualTo("Stable");
    }

    // ---- joining

    @Test
    void theFirstMemberGetsEverythingAtOnce() {
        TestConsumer a = member();

        assertThat(a.beat()).isEqualTo(ErrorCode.NONE);

        assertThat(a.epoch).isEqualTo(1);
        assertThat(a.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void aHeartbeatThatChangesNothingIsNotWritten() {
        TestConsumer a = member();
        a.beat();
        a.beat();
        int records = fixture.durableRecords();

        ConsumerGroupHeartbeatResponse answer = a.send(a.request());

        assertThat(answer.assignment()).as("it has not changed").isNull();
        assertThat(answer.heartbeatIntervalMs()).isEqualTo(ConsumerFixture.HEARTBEAT_MS);
        assertThat(fixture.durableRecords()).isEqualTo(records);
    }

    @Test
    void theSecondMemberWaitsUntilTheFirstHasGivenUpItsShare() {
        TestConsumer a = member();
        TestConsumer b = member();
        a.beat();

        b.beat();
        assertThat(b.owned.isEmpty()).isTrue();
        assertThat(b.epoch).isEqualTo(2);
        assertThat(state()).isEqualTo("Reconciling");
        a.beat();
        assertThat(a.owned).as("it is asked to give two up").isEqualTo(partitions(0, 1));
        assertThat(a.epoch).as("and stays in its epoch until it has").isEqualTo(1);
        b.beat();
        assertThat(b.owned.isEmpty()).as("it has not said so").isTrue();
        a.beat();
        assertThat(a.epoch).isEqualTo(2);
        b.beat();

        assertThat(b.owned).isEqualTo(partitions(2, 3));
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void whoKeepsWhatItHasIsNotDisturbed() {
        TestConsumer a = member();
        TestConsumer b = member();
        a.beat();
        settle(a, b);
        TopicPartitions before = a.owned;
        fixture.topics.grow(TOPIC, 6);

        settle(a, b);

        assertThat(a.owned.count()).isEqualTo(3);
        assertThat(before.minus(a.owned).isEmpty()).isTrue();
    }

    @Test
    void aClientWithoutAnIdIsGivenOne() {
        TestConsumer a = member();
        a.id = "";

        assertThat(a.send(a.request()).memberId()).isEqualTo("given");
    }

    @Test
    void whoReadsNothingIsAMemberAllTheSame() {
        TestConsumer a = member().reads();
        TestConsumer b = member();
        a.beat();
        b.beat();

        settle(a, b);
        assertThat(b.owned.count()).isEqualTo(4);
        assertThat(a.owned.isEmpty()).isTrue();
    }

    @Test
    void tooManyAreTurnedAway() {
        fixture = new ConsumerFixture(1);
        createTopic();
        TestConsumer a = member();
        a.beat();

        assertThat(member().beat()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(a.beat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void withoutMemoryNobodyNewIsTakenIn() {
        TestConsumer a = member();
        a.beat();
        fixture.leaveRoomFor(0);

        assertThat(member().beat()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(a.beat()).isEqualTo(ErrorCode.NONE);
    }

    // ---- epochs

    @Test
    void aLostAnswerIsToldAgain() {
        TestConsumer a = member();

        a.beatInVain();
        a.beat();

        assertThat(a.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(fixture.group().epoch()).as("nothing has changed").isEqualTo(1);
    }

    @Test
    void soIsTheAnswerThatBringsANewEpoch() {
        TestConsumer a = member();
        TestConsumer b = member();
        a.beat();
        b.beat();
        a.beat();

        a.beatInVain();
        a.beat();

        assertThat(a.epoch).isEqualTo(2);
        assertThat(a.owned).isEqualTo(partitions(0, 1));
    }

    @Test
    void whoIsAheadOrBehindIsFenced() {
        TestConsumer a = member();
        TestConsumer b = member();
        a.beat();
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
        TestConsumer a = member();
        TestConsumer b = member();
        a.beat();
        b.beat();
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
        TestConsumer a = member();
        a.epoch = 3;
        assertThat(a.beat()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        a.epoch = 0;
        a.beat();
        TestConsumer b = member();
        b.epoch = 1;

        assertThat(b.beat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(b.epoch).isZero();
    }

    // ---- leaving

    @Test
    void whoLeavesLeavesItsShareToTheOthers() {
        TestConsumer a = member();
        TestConsumer b = member();
        a.beat();
        settle(a, b);

        assertThat(a.leave().memberEpoch()).isEqualTo(-1);
        assertThat(state()).isEqualTo("Assigning");
        b.beat();

        assertThat(b.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void theLastToLeaveLeavesAnEmptyGroup() {
        TestConsumer a = member();
        a.beat();

        a.leave();

        assertThat(state()).isEqualTo("Empty");
        assertThat(fixture.heldBytes()).isZero();
        fixture.crash();
        assertThat(state()).isEqualTo("Empty");
        assertThat(fixture.group().isVoid()).isFalse();
    }

    @Test
    void aGroupCanBeForgotten() {
        TestConsumer a = member().regex("l.*");
        a.beat();
        fixture.resolveRegexes();
        a.leave();

        fixture.complete(new Decision(fixture.group().tombstones(), at -> {}, (error, at) -> {}));

        assertThat(fixture.group().isVoid()).isTrue();
        fixture.crash();
        assertThat(fixture.group().isVoid()).isTrue();
    }

    @Test
    void whoFallsSilentIsOut() {
        TestConsumer a = member();
        TestConsumer b = member();
        a.beat();
        settle(a, b);
        fixture.advance(ConsumerFixture.SESSION_MS - 1);
        b.beat();

        fixture.advance(1);
        b.beat();

        assertThat(b.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(a.beat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoDoesNotGiveUpWhatItIsAskedForIsOut() {
        TestConsumer a = member().rebalanceTimeout(20_000);
        TestConsumer b = member();
        a.beat();
        b.beat();
        a.beat();
        for (int i = 0; i < 7; i++) {
            // It is alive, but has lost no partition yet.
            a.send(a.request().topicPartitions(null));
            b.beat();
            fixture.advance(ConsumerFixture.HEARTBEAT_MS);
        }
        b.beat();

        assertThat(b.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(a.beat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whatCannotBeWrittenHasNotHappened() {
        TestConsumer a = member();
        a.beat();
        TestConsumer b = member();
        fixture.writesEnd(ErrorCode.NOT_ENOUGH_REPLICAS);

        assertThat(b.beat()).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(ErrorCode.forCode(a.leave().errorCode())).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        fixture.writesEnd(ErrorCode.NONE);

        assertThat(fixture.group().size()).isEqualTo(1);
        settle(a, b);
    }

    @Test
    void anExpiryThatCannotBeWrittenIsTriedAgainLater() {
        TestConsumer a = member();
        a.beat();
        fixture.writesEnd(ErrorCode.NOT_ENOUGH_REPLICAS);
        fixture.advance(ConsumerFixture.SESSION_MS + 1);
        assertThat(state()).isEqualTo("Stable");
        fixture.writesEnd(ErrorCode.NONE);

        fixture.advance(5_001);

        assertThat(state()).isEqualTo("Empty");
    }

    // ---- restarts

    @Test
    void everythingIsKnownAfterARestart() {
        TestConsumer a = member();
        TestConsumer b = member().instance("desk");
        a.beat();
        b.beat();
        a.beat();
        DescribedGroup before = ConsumerViews.described(fixture.group(), fixture.topics);
        long held = fixture.heldBytes();

        fixture.crash();

        assertThat(ConsumerViews.described(fixture.group(), fixture.topics)).isEqualTo(before);
        assertThat(fixture.heldBytes()).isEqualTo(held);
        assertThat(fixture.group().ownerOf(topicId, 3))
                .as("it has not given it up")
                .isEqualTo(a.id);
        settle(a, b);
    }

    @Test
    void sessionsBeginAnewAfterARestart() {
        TestConsumer a = member();
        a.beat();
        fixture.advance(ConsumerFixture.SESSION_MS - 1);
        fixture.crash();
        fixture.advance(ConsumerFixture.SESSION_MS - 1);

        assertThat(a.beat()).isEqualTo(ErrorCode.NONE);
        fixture.crash();
        fixture.advance(ConsumerFixture.SESSION_MS);
        assertThat(state()).isEqualTo("Empty");
    }

    // ---- static members

    @Test
    void aStaticMemberFindsItsPlaceAgain() {
        TestConsumer a = member().instance("desk");
        TestConsumer b = member();
        a.beat();
        settle(a, b);
        TopicPartitions before = a.owned;
        int epoch = fixture.group().epoch();

        assertThat(a.pause().memberEpoch()).isEqualTo(-2);
        TestConsumer again = member().instance("desk");
        settle(again, b);

        assertThat(again.owned).isEqualTo(before);
        assertThat(fixture.group().epoch()).as("nobody else has noticed").isEqualTo(epoch);
        assertThat(fixture.group().size()).isEqualTo(2);
        assertThat(a.beat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aStaticMemberThatDoesNotComeBackIsOut() {
        TestConsumer a = member().instance("desk");
        TestConsumer b = member();
        a.beat();
        settle(a, b);
        a.pause();
        for (int i = 0; i < 4; i++) {
            fixture.advance(ConsumerFixture.HEARTBEAT_MS);
            b.beat();
        }

        assertThat(b.owned.count()).isEqualTo(4);
    }

    @Test
    void aPlaceThatIsTakenIsNotFree() {
        TestConsumer a = member().instance("desk");
        a.beat();

        assertThat(member().instance("desk").beat()).isEqualTo(ErrorCode.UNRELEASED_INSTANCE_ID);
        assertThat(a.beat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aPlaceThatWasTakenOverIsGone() {
        TestConsumer a = member().instance("desk");
        a.beat();
        a.pause();
        TestConsumer b = member().instance("desk");
        b.beat();

        assertThat(ErrorCode.forCode(a.leave().errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(ErrorCode.forCode(member().instance("elsewhere").leave().errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    // ---- subscriptions and topics

    @Test
    void aTopicThatComesLaterIsAssignedThen() {
        TestConsumer a = member().reads("later");
        a.beat();
        assertThat(a.owned.isEmpty()).isTrue();

        UUID later = fixture.topics.create("later", 2);
        a.beat();

        assertThat(a.owned.of(later)).containsExactly(0, 1);
    }

    @Test
    void aTopicThatIsCreatedAnewIsAnotherOne() {
        TestConsumer a = member();
        a.beat();

        UUID again = fixture.topics.create(TOPIC, 4);
        settle(a);

        assertThat(a.owned.topicIds()).containsExactly(again);
    }

    @Test
    void whoReadsOtherTopicsGivesUpTheOldOnes() {
        UUID other = fixture.topics.create("parcels", 2);
        TestConsumer a = member();
        TestConsumer b = member();
        a.beat();
        settle(a, b);

        a.reads("parcels");
        settle(a, b);

        assertThat(a.owned.topicIds()).containsExactly(other);
        assertThat(b.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(fixture.group().reads("parcels")).isTrue();
        assertThat(fixture.group().reads("cards")).isFalse();
    }

    @Test
    void mostMembersDecideHowToAssign() {
        UUID other = fixture.topics.create("parcels", 3);
        fixture.topics.grow(TOPIC, 3);
        TestConsumer a = member().reads(TOPIC, "parcels").assignor("range");
        TestConsumer b = member().reads(TOPIC, "parcels");
        a.beat();

        settle(a, b);

        assertThat(List.of(a.owned.of(topicId), b.owned.of(topicId)))
                .containsExactlyInAnyOrder(List.of(0, 1), List.of(2));
        assertThat(a.owned.of(other)).isEqualTo(a.owned.of(topicId));
        assertThat(ConsumerViews.described(fixture.group(), fixture.topics).assignorName())
                .isEqualTo("range");
    }

    // ---- regular expressions

    @Test
    void anExpressionIsReadOnceItIsResolved() {
        fixture.topics.create("parcels", 1);
        TestConsumer a = member().reads().regex("(letters|cards)");
        a.beat();
        assertThat(a.owned.isEmpty()).isTrue();

        fixture.resolveRegexes();
        a.beat();
        assertThat(a.owned).isEqualTo(partitions(0, 1, 2, 3));
        UUID cards = fixture.topics.create("cards", 1);
        fixture.advance(10_000 - ConsumerFixture.SESSION_MS + 1);
        fixture.resolveRegexes();
        a.beat();
        assertThat(a.owned.of(cards)).as("not so soon").isEmpty();
        for (int i = 0; i < 4; i++) {
            fixture.advance(ConsumerFixture.HEARTBEAT_MS);
            fixture.resolveRegexes();
            a.beat();
        }

        assertThat(a.owned.of(cards)).containsExactly(0);
        assertThat(fixture.group().reads("cards")).isTrue();
        fixture.crash();
        assertThat(fixture.group().reads("cards")).isTrue();
    }

    @Test
    void expressionsAreMatchedWhileSomebodyHasThem() {
        TestConsumer a = member().reads().regex("a");
        TestConsumer b = member().reads().regex("b");
        a.beat();
        b.beat();
        a.regex("b").beat();
        assertThat(fixture.group().subscriptions().subscribersOf("a")).isZero();
        assertThat(fixture.group().subscriptions().subscribersOf("b")).isEqualTo(2);

        a.leave();

        assertThat(fixture.group().subscriptions().subscribersOf("b")).isEqualTo(1);
        fixture.crash();
        assertThat(fixture.group().beginResolving(fixture.topics, fixture.now()))
                .containsExactly("b");
    }

    @Test
    void anExpressionThatIsNoneIsRefused() {
        TestConsumer a = member().regex("[");

        ConsumerGroupHeartbeatResponse answer = a.send(a.request());

        assertThat(ErrorCode.forCode(answer.errorCode())).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
        assertThat(answer.errorMessage()).contains("missing closing ]");
        assertThat(fixture.group().isVoid()).isTrue();
    }

    @Test
    void anExpressionThatNobodyHasAnyMoreIsForgotten() {
        TestConsumer a = member().reads().regex("l.*");
        TestConsumer b = member().reads().regex("l.*");
        a.beat();
        b.beat();
        fixture.resolveRegexes();
        settle(a, b);
        a.regex("");
        settle(a, b);
        assertThat(fixture.group().isResolved("l.*")).isTrue();
        assertThat(a.owned.isEmpty()).isTrue();

        b.leave();

        assertThat(fixture.group().isResolved("l.*")).isFalse();
        fixture.crash();
        assertThat(fixture.group().isResolved("l.*")).isFalse();
    }

    // ---- offsets

    @Test
    void commitsAreAcceptedOfThisEpochAndOfPartitionsThatTheMemberHasHadSince() {
        TestConsumer a = member();
        TestConsumer b = member();
        a.beat();
        b.beat();
        a.beat();
        a.beatInVain();
        ConsumerGroup group = fixture.group();

        assertThat(group.offsetRights().checkCommit(a.id, 1, (short) 9))
                .as("it has missed epoch 2")
                .isEqualTo(ErrorCode.NONE);
        assertThat(group.offsetRights().mayCommit(a.id, 1, topicId, 0)).isTrue();
        assertThat(group.offsetRights().mayCommit(a.id, 1, topicId, 3))
                .as("it has given it up")
                .isFalse();
        assertThat(group.offsetRights().mayCommit(a.id, 2, topicId, 3))
                .as("as Kafka")
                .isTrue();
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
    void anEmptyGroupTakesCommitsOfAnybody() {
        TestConsumer a = member();
        a.beat();
        a.leave();

        assertThat(fixture.group().offsetRights().checkCommit("", -1, (short) 2))
                .isEqualTo(ErrorCode.NONE);
    }

    // ---- requests

    @Test
    void requestsThatMakeNoSenseAreRefused() {
        TestConsumer a = member();
        ConsumerSettings settings = fixture.settings();

        assertThat(HeartbeatCheck.problemWith(a.request(), (short) 1, settings)).isNull();
        assertThat(problem(HeartbeatCheck.problemWith(a.request().memberId(""), (short) 1, settings)))
                .isEqualTo("MemberId can't be empty.");
        assertThat(HeartbeatCheck.problemWith(a.request().memberId(""), (short) 0, settings))
                .isNull();
        assertThat(problem(HeartbeatCheck.problemWith(a.request().groupId(" "), (short) 1, settings)))
                .isEqualTo("GroupId can't be empty.");
        assertThat(problem(HeartbeatCheck.problemWith(a.request().instanceId(""), (short) 1, settings)))
                .isEqualTo("InstanceId can't be empty.");
        assertThat(problem(HeartbeatCheck.problemWith(a.request().rackId(""), (short) 1, settings)))
                .isEqualTo("RackId can't be empty.");
        assertThat(problem(HeartbeatCheck.problemWith(a.request().memberEpoch(-3), (short) 1, settings)))
                .isEqualTo("MemberEpoch is invalid.");
        assertThat(problem(HeartbeatCheck.problemWith(a.request().memberEpoch(-2), (short) 1, settings)))
                .isEqualTo("InstanceId can't be null.");
        assertThat(problem(HeartbeatCheck.problemWith(a.request().rebalanceTimeoutMs(-1), (short) 1, settings)))
                .isEqualTo("RebalanceTimeoutMs must be provided in first request.");
        assertThat(problem(HeartbeatCheck.problemWith(a.request().topicPartitions(null), (short) 1, settings)))
                .isEqualTo("TopicPartitions must be empty when (re-)joining.");
        assertThat(problem(HeartbeatCheck.problemWith(a.request().subscribedTopicNames(null), (short) 1, settings)))
                .isEqualTo("Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
        assertThat(problem(HeartbeatCheck.problemWith(a.request().serverAssignor("best"), (short) 1, settings)))
                .isEqualTo("ServerAssignor best is not supported. Supported assignors: uniform, range.");
    }

    private static String problem(@Nullable Refusal refusal) {
        return Objects.requireNonNull(refusal).message();
    }
}
