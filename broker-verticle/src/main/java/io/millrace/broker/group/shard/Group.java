package io.millrace.broker.group.shard;

import io.millrace.broker.group.classic.ClassicGroup;
import io.millrace.broker.group.classic.GroupViews;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.consumer.ConsumerSettings;
import io.millrace.broker.group.consumer.ConsumerViews;
import io.millrace.broker.group.consumer.Migration;
import io.millrace.broker.group.consumer.TopicView;
import io.millrace.broker.group.consumer.Upgrade;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.offset.GroupOffsets;
import io.millrace.broker.group.pulse.Pulses;
import io.millrace.broker.group.record.ConsumerRecord;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.MembershipRecord;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import org.jspecify.annotations.Nullable;

/**
 * A group: its members, of one protocol or the other, and its offsets. Owned by: its shard.
 *
 * <p>A group that nobody is in may change its protocol, and one of consumers may do so under its members.
 */
public final class Group {

    private final String id;
    private final ShardContext context;
    private final MemberMemory memory;
    private final ClassicGroup members;
    private final GroupOffsets offsets = new GroupOffsets();

    /** Null until somebody comes who speaks the next-generation protocol. */
    private @Nullable ConsumerGroup consumers;

    /** The time for which the shard has been asked to look at the group, or {@link Moment#NEVER}. */
    long plannedMs = Moment.NEVER;

    Group(String id, ShardContext context, MemberMemory memory, Pulses pulses) {
        this.id = id;
        this.context = context;
        this.memory = memory;
        this.members = new ClassicGroup(id, context.settings(), memory, pulses);
    }

    public String id() {
        return id;
    }

    /** Those who speak the classic protocol. */
    public ClassicGroup members() {
        return members;
    }

    /** The group of the next-generation protocol, null if it is none. */
    public @Nullable ConsumerGroup consumers() {
        return consumers == null || consumers.isVoid() ? null : consumers;
    }

    /** The same, which may be one that does not exist yet. */
    ConsumerGroup consumersOrNew() {
        ConsumerGroup known = consumers;
        if (known == null) {
            known = new ConsumerGroup(id, this::consumerSettings, memory);
            consumers = known;
        }
        return known;
    }

    public GroupOffsets offsets() {
        return offsets;
    }

    /** The topics that there are now. */
    TopicView topics() {
        return context.topics().get();
    }

    private ConsumerSettings consumerSettings() {
        return context.consumerSettings().apply(id);
    }

    /** False if nothing is known of it: then clients are told that there is no such group. */
    public boolean exists() {
        return !members.isVoid() || consumers() != null || !offsets.isEmpty();
    }

    public boolean hasMembers() {
        ConsumerGroup known = consumers();
        return !members.isEmpty() || (known != null && !known.isEmpty());
    }

    /** Whether somebody reads the topic, or may do so as far as can be told. */
    boolean reads(String topic) {
        ConsumerGroup known = consumers();
        return members.reads(topic) || (known != null && known.reads(topic));
    }

    ListedGroup listed() {
        ConsumerGroup known = consumers();
        return known == null ? GroupViews.listed(members) : ConsumerViews.listed(known);
    }

    /** Makes a record true. */
    void apply(GroupRecord record, Moment now) {
        if (record instanceof OffsetRecord offset) {
            offsets.apply(offset);
        } else if (record instanceof MembershipRecord membership) {
            members.apply(membership.value(), now);
        } else if (record instanceof ConsumerRecord consumer) {
            consumersOrNew().apply(consumer, now);
        }
    }

    /** The log was read. */
    Decision onLoaded(Moment now) {
        ConsumerGroup known = consumers();
        if (known != null) {
            known.beginSessions(now);
        }
        return members.onLoaded(now);
    }

    /** The members that speak the classic protocol as those of a group of the other one, if that may be. */
    Upgrade upgrade() {
        return members.isOfConsumers()
                ? Migration.toConsumers(id, members.generation(), members.described(), topics(), consumerSettings())
                : Upgrade.refused(id, "the group does not use the consumer embedded protocol");
    }

    /** Nobody is left who speaks the next-generation protocol: the others go back to theirs. */
    private Decision takeBack(ConsumerGroup known, Moment now) {
        if (known.size() > context.settings().sizeMax()) {
            known.retryLater(now);
            return Decision.DONE;
        }
        return new Decision(
                Migration.toClassic(known, topics(), now), members::onTakenBack, (error, at) -> known.retryLater(at));
    }

    /**
     * No later than when {@link #onTime} has something to do. What the members of the protocol before were waited for does not
     * count any more: nobody would look at it, and the group would be woken for it without end.
     */
    long wakeMs() {
        ConsumerGroup known = consumers();
        return known == null ? members.wakeMs() : known.wakeMs();
    }

    Decision onTime(Moment now) {
        ConsumerGroup known = consumers();
        if (known == null) {
            return members.onTime(now);
        }
        // Who is gone must not stay because the group cannot go back.
        Decision decision = known.onTime(topics(), now);
        return decision.isDone() && known.isToGoBack(now) ? takeBack(known, now) : decision;
    }
}
