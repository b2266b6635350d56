package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.ConsumerRecord;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMetadataValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a member's sign of life changes in its group, and how far the member comes by it. One use. */
final class Advance {

    private final ConsumerGroup group;
    private final TopicView topics;
    private final Moment now;
    private final String memberId;
    private final @Nullable ConsumerMember known;
    private final Profile profile;
    private final @Nullable Reported reported;
    private final List<GroupRecord> records = new ArrayList<>();
    private int epoch;
    private int targetEpoch;

    /**
     * @param known who is known under the id, or under the instance id: the same member, or one whose place this one takes
     * @param profile what the member wants from now on
     * @param reported what it says that it has, null if it does not say
     */
    Advance(
            ConsumerGroup group,
            TopicView topics,
            Moment now,
            String memberId,
            @Nullable ConsumerMember known,
            Profile profile,
            @Nullable Reported reported) {
        this.group = group;
        this.topics = topics;
        this.now = now;
        this.memberId = memberId;
        this.known = known;
        this.profile = profile;
        this.reported = reported;
        this.epoch = group.epoch();
        this.targetEpoch = group.targetEpoch();
    }

    /** Where the member is then; null if nobody knows where it stands, and it has to begin anew. To be called once. */
    @Nullable
    Progress progress() {
        Progress from = takePlace(known);
        growEpoch(known == null ? Profile.NONE : known.profile);
        Progress next = reconcile(from, newTarget());
        if (next != null && !next.equals(from)) {
            records.add(current(next));
        }
        return next;
    }

    /** What makes all that true. */
    List<GroupRecord> records() {
        return records;
    }

    /** Where the member begins: at nothing, where it was, or where a static member was whose place it takes. */
    private Progress takePlace(@Nullable ConsumerMember place) {
        if (place == null) {
            records.add(member());
            return Progress.NONE;
        }
        if (place.id.equals(memberId)) {
            if (!profile.equals(place.profile)) {
                records.add(member());
            }
            return place.progress.isAway() ? place.progress.taken() : place.progress;
        }
        Progress taken = place.progress.taken();
        records.addAll(group.tombstonesOf(place.id));
        records.add(member());
        records.add(target(memberId, group.targetOf(place.id)));
        records.add(current(taken));
        return taken;
    }

    /** The group's epoch grows with every change of what is read, and of the topics that are. */
    private void growEpoch(Profile before) {
        boolean grows = group.epoch() == 0 || !profile.topics().equals(before.topics());
        if (!Objects.equals(before.regex(), profile.regex())) {
            String old = before.regex();
            if (old != null && group.isResolved(old) && group.subscriptions().subscribersOf(old) == 1) {
                records.add(new ConsumerRecord.Regex(group.id(), old, null));
            }
            grows |= group.isResolved(old) || group.isResolved(profile.regex());
        }
        if (!grows && group.hasSeen(topics)) {
            return;
        }
        SortedSet<String> names = group.subscriptions().without(known == null ? Set.of() : Set.of(known.id));
        names.addAll(group.subscriptions().of(profile));
        long hash = TopicsHash.of(names, topics);
        if (grows || hash != group.topicsHash()) {
            epoch++;
            records.add(group.epochRecord(epoch, hash));
        }
    }

    /** What the member is to have in the end, as it was assigned or, if it is time, as it is assigned now. */
    private TopicPartitions newTarget() {
        TopicPartitions before = known == null ? TopicPartitions.NONE : group.targetOf(known.id);
        if (epoch <= targetEpoch || !group.mayAssign(now)) {
            return before;
        }
        Targets targets = new Targets(group, topics).add(memberId, profile, before);
        for (ConsumerMember each : group.members()) {
            if (each != known) {
                targets.add(each.id, each.profile, group.targetOf(each.id));
            }
        }
        Map<String, TopicPartitions> assigned = targets.assign();
        assigned.forEach((id, partitions) -> {
            TopicPartitions was = id.equals(memberId) ? before : group.targetOf(id);
            if (!partitions.equals(was)) {
                records.add(target(id, partitions));
            }
        });
        targetEpoch = epoch;
        records.add(targetEpoch());
        return assigned.getOrDefault(memberId, TopicPartitions.NONE);
    }

    private @Nullable Progress reconcile(Progress from, TopicPartitions target) {
        if (from.isAt(targetEpoch) && isAsBefore()) {
            return from;
        }
        Set<UUID> subscribed = group.subscriptions().idsOf(profile, topics);
        if (from.isAt(targetEpoch)
                && subscribed.containsAll(from.assigned().partitions().topicIds())) {
            return from;
        }
        return new Reconciliation(from, targetEpoch, target, subscribed, reported, this::isTaken).next();
    }

    /** As with most heartbeats: neither the member wants anything else, nor has anything happened to topics. */
    private boolean isAsBefore() {
        return known != null && profile.equals(known.profile) && group.hasSeen(topics);
    }

    private boolean isTaken(UUID topicId, int partition) {
        String owner = group.ownerOf(topicId, partition);
        return owner != null && !owner.equals(memberId) && (known == null || !owner.equals(known.id));
    }

    private GroupRecord targetEpoch() {
        return new ConsumerRecord.TargetEpoch(
                group.id(),
                new ConsumerGroupTargetAssignmentMetadataValue()
                        .assignmentEpoch(targetEpoch)
                        .assignmentTimestamp(now.wallMs()));
    }

    private GroupRecord member() {
        return new ConsumerRecord.Member(group.id(), memberId, profile.recorded());
    }

    private GroupRecord current(Progress progress) {
        return new ConsumerRecord.Current(group.id(), memberId, progress.recorded());
    }

    private GroupRecord target(String id, TopicPartitions partitions) {
        return new ConsumerRecord.Target(group.id(), id, ConsumerViews.recorded(partitions));
    }
}
