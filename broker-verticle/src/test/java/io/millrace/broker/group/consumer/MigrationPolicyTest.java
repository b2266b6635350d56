package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.Assignor;
import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.broker.group.decision.ClassicProtocol;
import io.millrace.broker.group.record.GroupRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which groups of the classic protocol become groups of the other one under their members. */
class MigrationPolicyTest {

    private static final ByteBuf UNDERSTOOD =
            Unpooled.buffer().writeShort(0).writeInt(0).writeInt(-1).asReadOnly();

    private static List<GroupRecord> taken(MigrationPolicy policy, int sizeMax, ByteBuf metadata) {
        ClassicMember member = new ClassicMember(
                "m",
                null,
                "client",
                "/here",
                60_000,
                10_000,
                List.of(ClassicProtocol.of("range", metadata)),
                Unpooled.EMPTY_BUFFER);
        ConsumerSettings settings = new ConsumerSettings(
                45_000, 5_000, 0, sizeMax, List.of(Objects.requireNonNull(Assignor.named("uniform"))), policy);
        return Migration.toConsumers("g", 3, List.of(member), new TestTopics(), settings);
    }

    @ParameterizedTest
    @EnumSource
    void thePolicyDecides(MigrationPolicy policy) {
        boolean allowed = policy == MigrationPolicy.UPGRADE || policy == MigrationPolicy.BIDIRECTIONAL;

        assertThat(taken(policy, 10, UNDERSTOOD).isEmpty()).isEqualTo(!allowed);
        assertThat(MigrationPolicy.titled(policy.title())).isEqualTo(policy);
    }

    @Test
    void theMemberThatComesMustHaveRoomToo() {
        assertThat(taken(MigrationPolicy.BIDIRECTIONAL, 2, UNDERSTOOD)).isNotEmpty();
        assertThat(taken(MigrationPolicy.BIDIRECTIONAL, 1, UNDERSTOOD)).isEmpty();
    }

    @Test
    void whatMembersSayMustBeUnderstood() {
        assertThat(taken(MigrationPolicy.BIDIRECTIONAL, 10, Unpooled.wrappedBuffer(new byte[] {0, 1, 2})))
                .isEmpty();
        assertThat(taken(MigrationPolicy.BIDIRECTIONAL, 10, Unpooled.EMPTY_BUFFER))
                .isEmpty();
    }
}
