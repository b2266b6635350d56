package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.Assignor;
import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.broker.group.decision.ClassicProtocol;
import io.millrace.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which groups of the classic protocol become groups of the other one under their members. */
class MigrationPolicyTest {

    private static final ByteBuf UNDERSTOOD =
            Unpooled.buffer().writeShort(0).writeInt(0).writeInt(-1).asReadOnly();

    private static final String TOPIC = "t";

    private final TestTopics topics = new TestTopics();

    private static ClassicMember member(ByteBuf metadata, ByteBuf assignment) {
        return new ClassicMember(
                "m",
                null,
                "client",
                "/here",
                60_000,
                10_000,
                List.of(ClassicProtocol.of("range", metadata)),
                assignment);
    }

    private static ConsumerSettings settings(MigrationPolicy policy, int sizeMax) {
        return new ConsumerSettings(
                45_000, 5_000, 0, sizeMax, List.of(Objects.requireNonNull(Assignor.named("uniform"))), policy);
    }

    private Upgrade upgrade(MigrationPolicy policy, int sizeMax, ClassicMember... members) {
        return Migration.toConsumers("g", 3, List.of(members), topics, settings(policy, sizeMax));
    }

    private @Nullable String problem(MigrationPolicy policy, int sizeMax, ClassicMember... members) {
        Upgrade upgrade = upgrade(policy, sizeMax, members);
        Refusal refusal = upgrade.refusal();
        assertThat(upgrade.records().isEmpty()).isEqualTo(refusal != null);
        return refusal == null ? null : refusal.message();
    }

    private @Nullable String problem(ClassicMember... members) {
        return problem(MigrationPolicy.BIDIRECTIONAL, 10, members);
    }

    /** The first partitions of the topic, and what else an assignor has to say. */
    private static ByteBuf assignment(int partitions, byte... userData) {
        ByteBuf bytes = Unpooled.buffer().writeShort(0).writeInt(1).writeShort(TOPIC.length());
        bytes.writeCharSequence(TOPIC, StandardCharsets.UTF_8);
        bytes.writeInt(partitions);
        for (int i = 0; i < partitions; i++) {
            bytes.writeInt(i);
        }
        return bytes.writeInt(userData.length).writeBytes(userData);
    }

    @ParameterizedTest
    @EnumSource
    void thePolicyDecides(MigrationPolicy policy) {
        boolean allowed = policy == MigrationPolicy.UPGRADE || policy == MigrationPolicy.BIDIRECTIONAL;

        String problem = problem(policy, 10, member(UNDERSTOOD, Unpooled.EMPTY_BUFFER));

        assertThat(problem)
                .isEqualTo(
                        allowed
                                ? null
                                : "Cannot upgrade classic group g to consumer group because online upgrade is disabled.");
        assertThat(MigrationPolicy.titled(policy.title())).isEqualTo(policy);
    }

    @ParameterizedTest
    @EnumSource
    void whereGroupsMayNotChangeMembersDoNotMix(MigrationPolicy policy) {
        ConsumerFixture fixture = new ConsumerFixture();
        fixture.change(settings(policy, 10));
        fixture.topics.create(TOPIC, 4);
        assertThat(new TestConsumer(fixture).reads(TOPIC).beat()).isEqualTo(ErrorCode.NONE);
        int written = fixture.durableRecords();

        ErrorCode error = new TestClassicConsumer(fixture, true).reads(TOPIC).beat();

        boolean mixes = policy != MigrationPolicy.DISABLED;
        assertThat(error).isEqualTo(mixes ? ErrorCode.NONE : ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(fixture.durableRecords() > written).isEqualTo(mixes);
    }

    @Test
    void theMemberThatComesMustHaveRoomToo() {
        ClassicMember member = member(UNDERSTOOD, Unpooled.EMPTY_BUFFER);

        assertThat(problem(MigrationPolicy.BIDIRECTIONAL, 2, member)).isNull();
        assertThat(upgrade(MigrationPolicy.BIDIRECTIONAL, 1, member).refusal())
                .isEqualTo(new Refusal(
                        ErrorCode.GROUP_MAX_SIZE_REACHED,
                        "The consumer group has reached its maximum capacity of 1 members."));
        assertThat(problem(MigrationPolicy.BIDIRECTIONAL, 1, member, member))
                .contains("exceeds the consumer group maximum size");
    }

    @Test
    void whatMembersSayMustBeUnderstood() {
        Stream.of(Unpooled.wrappedBuffer(new byte[] {0, 1, 2}), Unpooled.EMPTY_BUFFER)
                .forEach(metadata -> assertThat(problem(member(metadata, Unpooled.EMPTY_BUFFER)))
                        .contains("protocol is malformed"));
        assertThat(problem(member(UNDERSTOOD, Unpooled.wrappedBuffer(new byte[] {0, 0, 0}))))
                .contains("protocol is malformed");
    }

    @Test
    void whatAnAssignorTellsMembersWouldBeLost() {
        assertThat(problem(member(UNDERSTOOD, assignment(1)))).isNull();

        Upgrade upgrade = upgrade(MigrationPolicy.BIDIRECTIONAL, 10, member(UNDERSTOOD, assignment(1, (byte) 7)));

        Refusal refusal = Objects.requireNonNull(upgrade.refusal());
        assertThat(refusal.error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(refusal.message()).contains("an unsupported custom assignor is in use");
    }

    @Test
    void whatTwoMembersReadNoBrokerAssigns() {
        topics.create(TOPIC, 4);

        assertThat(problem(member(UNDERSTOOD, assignment(2)), member(UNDERSTOOD, assignment(1))))
                .contains("an unsupported custom assignor is in use");
    }
}
