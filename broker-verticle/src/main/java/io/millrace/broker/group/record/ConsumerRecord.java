package io.millrace.broker.group.record;

import io.millrace.wire.WireMessage;
import io.millrace.wire.message.ConsumerGroupCurrentMemberAssignmentValue;
import io.millrace.wire.message.ConsumerGroupMemberMetadataValue;
import io.millrace.wire.message.ConsumerGroupMetadataValue;
import io.millrace.wire.message.ConsumerGroupRegularExpressionValue;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMemberValue;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMetadataValue;
import org.jspecify.annotations.Nullable;

/** Something that became true of a group of the next-generation protocol (KIP-848). Without a value it is forgotten. */
public sealed interface ConsumerRecord extends GroupRecord {

    /** Null if it is forgotten. */
    @Nullable
    WireMessage value();

    /** How often the group's members or subscriptions have changed. */
    record Epoch(String group, @Nullable ConsumerGroupMetadataValue value) implements ConsumerRecord {}

    /**
     * What brokers before Kafka 4.1 knew of the group's topics. It says nothing that the cluster does not know better, and is
     * only read, so that it can be done away with.
     */
    record TopicMetadata(String group, boolean isTombstone) implements ConsumerRecord {

        @Override
        public @Nullable WireMessage value() {
            return null;
        }
    }

    /** Who a member is and what it wants. */
    record Member(String group, String memberId, @Nullable ConsumerGroupMemberMetadataValue value)
            implements ConsumerRecord {}

    /** For which epoch of the group the target assignment was made. */
    record TargetEpoch(String group, @Nullable ConsumerGroupTargetAssignmentMetadataValue value)
            implements ConsumerRecord {}

    /** What a member is to have in the end. */
    record Target(String group, String memberId, @Nullable ConsumerGroupTargetAssignmentMemberValue value)
            implements ConsumerRecord {}

    /** How far a member is on its way there. */
    record Current(String group, String memberId, @Nullable ConsumerGroupCurrentMemberAssignmentValue value)
            implements ConsumerRecord {}

    /** Which topics an expression has chosen. */
    record Regex(String group, String regex, @Nullable ConsumerGroupRegularExpressionValue value)
            implements ConsumerRecord {}
}
