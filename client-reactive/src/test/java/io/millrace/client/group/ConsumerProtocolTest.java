package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.TopicPartition;
import io.millrace.wire.WireException;
import io.millrace.wire.message.JoinGroupResponse.JoinGroupResponseMember;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"deprecation", "removal"}) // the metadata that Kafka's assignors take
class ConsumerProtocolTest {
    private static final Set<TopicPartition> OWNED =
            Set.of(new TopicPartition("a", 2), new TopicPartition("b", 0), new TopicPartition("b", 11));

    @Test
    void subscriptionsAreThoseOfKafka() {
        ByteBuf ours = io.millrace.client.group.ConsumerProtocol.subscription(
                Set.of("b", "a"), Unpooled.wrappedBuffer(new byte[] {1, 2}), OWNED, 7, "rack");
        Subscription theirs = new Subscription(
                List.of("b", "a"),
                java.nio.ByteBuffer.wrap(new byte[] {1, 2}),
                KafkaTwin.partitions(OWNED),
                7,
                Optional.of("rack"));
        assertThat(ours.nioBuffer()).isEqualTo(ConsumerProtocol.serializeSubscription(theirs));
    }

    @Test
    void assignmentsAreThoseOfKafka() {
        ByteBuf ours = io.millrace.client.group.ConsumerProtocol.assignment(OWNED);
        Assignment theirs = new Assignment(KafkaTwin.partitions(OWNED));
        assertThat(ours.nioBuffer()).isEqualTo(ConsumerProtocol.serializeAssignment(theirs));
        assertThat(io.millrace.client.group.ConsumerProtocol.readAssignment(ours))
                .isEqualTo(OWNED);
    }

    @Test
    void nothingIsAnAssignmentToo() {
        assertThat(io.millrace.client.group.ConsumerProtocol.readAssignment(Unpooled.EMPTY_BUFFER))
                .isEmpty();
    }

    @Test
    void readsMembersOfAllVersionsOfKafka() {
        for (short version = 0; version <= 3; version++) {
            Subscription theirs =
                    new Subscription(List.of("a"), null, KafkaTwin.partitions(OWNED), 7, Optional.empty());
            ByteBuf bytes = KafkaTwin.netty(ConsumerProtocol.serializeSubscription(theirs, version));
            GroupMember member = io.millrace.client.group.ConsumerProtocol.member(
                    new JoinGroupResponseMember()
                            .memberId("m")
                            .groupInstanceId("i")
                            .metadata(bytes),
                    Assignors.COOPERATIVE_STICKY);
            assertThat(member.topics()).containsExactly("a");
            assertThat(member.instanceId()).isEqualTo("i");
            assertThat(member.owned()).isEqualTo(version == 0 ? Set.of() : OWNED);
            assertThat(member.generation()).isEqualTo(version < 2 ? -1 : 7);
        }
    }

    @Test
    void userDataOfStickyIsThatOfKafka() {
        Set<TopicPartition> owned = Set.of(new TopicPartition("b", 0), new TopicPartition("b", 11));
        StickyAssignor theirs = new StickyAssignor();
        theirs.onAssignment(
                new Assignment(KafkaTwin.partitions(owned)), new ConsumerGroupMetadata("g", 5, "m", Optional.empty()));
        ByteBuf ours = Assignors.STICKY.userData(owned, 5);
        assertThat(KafkaTwin.nio(ours)).isEqualTo(theirs.subscriptionUserData(Set.of("b")));
        GroupMember member = new GroupMember("m", null, Set.of("b"), Set.of(), -1);
        assertThat(Assignors.STICKY.withUserData(member, ours)).isEqualTo(member.owning(owned, 5));
        assertThat(Assignors.STICKY.userData(Set.of(), -1)).isNull();
    }

    @Test
    void userDataOfCooperativeStickyIsThatOfKafka() {
        CooperativeStickyAssignor theirs = new CooperativeStickyAssignor();
        theirs.onAssignment(new Assignment(List.of()), new ConsumerGroupMetadata("g", 5, "m", Optional.empty()));
        ByteBuf ours = Assignors.COOPERATIVE_STICKY.userData(OWNED, 5);
        assertThat(KafkaTwin.nio(ours)).isEqualTo(theirs.subscriptionUserData(Set.of()));
        GroupMember member = new GroupMember("m", null, Set.of("b"), OWNED, -1);
        assertThat(Assignors.COOPERATIVE_STICKY.withUserData(member, ours).generation())
                .isEqualTo(5);
    }

    @Test
    void userDataThatCannotBeReadCountsAsNone() {
        GroupMember member = new GroupMember("m", null, Set.of("b"), Set.of(), -1);
        for (byte[] bytes : new byte[][] {
            {}, {1}, {0, 0, 0, 1}, {0, 0, 0, 1, -1, -1}, {0, 0, 0, 1, 0, 0, 0, 0, 0, 1, -1, -1, -1, -1}
        }) {
            assertThat(Assignors.STICKY.withUserData(member, Unpooled.wrappedBuffer(bytes)))
                    .isEqualTo(member);
        }
        assertThat(Assignors.COOPERATIVE_STICKY.withUserData(member, Unpooled.wrappedBuffer(new byte[1])))
                .isEqualTo(member);
    }

    @Test
    void whatIsNoSubscriptionIsRefused() {
        for (byte[] bytes : new byte[][] {{}, {0}, {-1, -1}, {0, 0, 0, 0, 0, 9}}) {
            JoinGroupResponseMember member =
                    new JoinGroupResponseMember().memberId("m").metadata(Unpooled.wrappedBuffer(bytes));
            assertThatThrownBy(() -> io.millrace.client.group.ConsumerProtocol.member(member, Assignors.RANGE))
                    .isInstanceOf(WireException.class);
        }
    }
}
