package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.ConsumerRecord;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.MembershipRecord;
import io.millrace.wire.WireException;
import io.millrace.wire.message.ConsumerGroupMetadataValue;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMetadataValue;
import io.millrace.wire.message.ConsumerProtocolSubscription;
import io.millrace.wire.message.GroupMetadataValue;
import io.millrace.wire.message.GroupMetadataValue.MemberMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How a group with members gets from one protocol to the other. The first member that speaks the next-generation protocol makes
 * it a group of that, in which the others go on with what they have, as members in the epoch of their generation. When the last
 * one that speaks it is gone, the others are a classic group again.
 */
public final class Migration {

    private Migration() {}

    /** An assignment that the members have made themselves: the first of the coordinator need not wait for its age. */
    private static final long NEVER_ASSIGNED_MS = 0;

    /** What makes these members those of a group of the next-generation protocol, or what speaks against it. */
    public static Upgrade toConsumers(
            String group, int generation, List<ClassicMember> members, TopicView topics, ConsumerSettings settings) {
        if (!settings.migration().upgrades()) {
            return Upgrade.refused(group, "online upgrade is disabled");
        }
        int sizeMax = settings.sizeMax();
        if (members.size() > sizeMax) {
            return Upgrade.refused(group, "the group size exceeds the consumer group maximum size");
        }
        if (members.size() == sizeMax) {
            return Upgrade.refused(Refusal.full(sizeMax));
        }
        try {
            return understood(group, generation, members, topics);
        } catch (WireException e) {
            // Clients of their own kind, which only their leader understands.
            return Upgrade.refused(group, "the embedded consumer protocol is malformed");
        }
    }

    private static Upgrade understood(String group, int generation, List<ClassicMember> members, TopicView topics) {
        List<GroupRecord> records = new ArrayList<>();
        SortedSet<String> names = new TreeSet<>();
        TopicPartitions others = TopicPartitions.NONE;
        for (ClassicMember each : members) {
            Profile profile = Profile.of(each, subscription(each));
            names.addAll(profile.topics());
            TopicPartitions assigned = Embedded.assignment(each.assignment(), topics);
            if (Embedded.saysMore(each.assignment()) || assigned.intersects(others)) {
                return Upgrade.refused(
                        group,
                        "an unsupported custom assignor is in use. Please refer to the documentation or switch to a"
                                + " default assignor before re-attempting the upgrade");
            }
            others = others.plus(assigned);
            OwnedPartitions owned = OwnedPartitions.NONE.plus(assigned, generation);
            Progress progress = new Progress(generation, generation, MemberState.STABLE, owned, OwnedPartitions.NONE);
            records.add(new ConsumerRecord.Member(group, each.id(), profile.recorded()));
            records.add(new ConsumerRecord.Target(group, each.id(), ConsumerViews.recorded(assigned)));
            records.add(new ConsumerRecord.Current(group, each.id(), progress.recorded()));
        }
        // Many records take several batches, of which a crash may leave the first. Members ahead of their group would
        // never be told to join again; and as long as there is no target, the next to join makes one.
        records.add(
                0,
                new ConsumerRecord.Epoch(
                        group,
                        new ConsumerGroupMetadataValue().epoch(generation).metadataHash(TopicsHash.of(names, topics))));
        records.add(new ConsumerRecord.TargetEpoch(
                group,
                new ConsumerGroupTargetAssignmentMetadataValue()
                        .assignmentEpoch(generation)
                        .assignmentTimestamp(NEVER_ASSIGNED_MS)));
        return new Upgrade(records, null);
    }

    /** What a member wants, by the best of its protocols. */
    static ConsumerProtocolSubscription subscription(ClassicMember member) {
        if (member.protocols().isEmpty()) {
            throw new WireException("member " + member.id() + " knows no protocol");
        }
        return Embedded.subscription(member.protocols().get(0).metadata());
    }

    /**
     * What makes the members, which all speak the classic protocol, those of a classic group. Nobody leads it: they have not
     * agreed yet on who is to have what the others have left.
     */
    public static List<GroupRecord> toClassic(ConsumerGroup group, TopicView topics, Moment now) {
        List<GroupRecord> records = new ArrayList<>();
        List<MemberMetadata> members = new ArrayList<>();
        String protocol = group.commonProtocol();
        for (ConsumerMember each : group.members()) {
            records.addAll(group.tombstonesOf(each.id));
            members.add(recorded(each, protocol, topics));
        }
        records.addAll(group.tombstones());
        records.add(new MembershipRecord(
                group.id(),
                new GroupMetadataValue()
                        .protocolType(Embedded.PROTOCOL_TYPE)
                        .generation(generation(group))
                        .protocol(protocol)
                        .leader(null)
                        .currentStateTimestamp(now.wallMs())
                        .members(members)));
        return records;
    }

    /**
     * The newest epoch that a member is in. That of the group is newer, and if it were the generation, none of them could tell
     * how far it has come before it gives its partitions up.
     */
    private static int generation(ConsumerGroup group) {
        return group.members().stream()
                .mapToInt(each -> Math.max(each.progress.epoch(), Progress.JOINING_EPOCH))
                .max()
                .orElse(group.epoch());
    }

    private static MemberMetadata recorded(ConsumerMember member, String protocol, TopicView topics) {
        ClassicProfile classic = member.classic();
        var metadata = classic.protocols().stream()
                .filter(each -> each.name().equals(protocol))
                .findFirst()
                .orElseGet(classic::first)
                .metadata();
        return new MemberMetadata()
                .memberId(member.id)
                .groupInstanceId(member.profile.instanceId())
                .clientId(member.profile.clientId())
                .clientHost(member.profile.clientHost())
                .rebalanceTimeout(member.profile.rebalanceTimeoutMs())
                .sessionTimeout(classic.sessionTimeoutMs())
                .subscription(metadata)
                .assignment(Embedded.assignment(member.progress.assigned().partitions(), topics, metadata));
    }
}
