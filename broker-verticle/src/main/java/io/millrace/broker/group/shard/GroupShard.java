package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.pulse.Pulses;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one partition of {@code __consumer_offsets}. Owned by: one event loop, after it was loaded by one thread.
 *
 * <p>Lifecycle: {@link #apply} for every record of the log, {@link #onLoaded}, then requests and time, at last {@link #close}.
 */
public final class GroupShard {

    /** That a group is to be looked at. It is void if the group has been planned for another time meanwhile. */
    private record Wake(long atMs, String groupId) {}

    /** To look at all groups of a large shard takes long: what comes meanwhile goes first after so many. */
    private static final int TIDIED_AT_ONCE_MAX = 100;

    /** What nobody waits for must not fill the ring, from all shards of a broker at the same time. */
    private static final int TIDYING_WRITES_MAX = 16;

    private final ShardContext context;
    private final GroupLog log;
    private final MemberMemory memory;
    private final Pulses pulses = new Pulses();
    private final Map<String, Group> groups = new HashMap<>();

    /** Groups with records on their way. */
    private final Map<String, Lane> lanes = new HashMap<>();

    private final PriorityQueue<Wake> wakes = new PriorityQueue<>(Comparator.comparingLong(Wake::atMs));

    /** Groups that are to be looked at for what may be forgotten, and whether also for what is old. */
    private final Map<String, Boolean> untidy = new LinkedHashMap<>();

    private int tidying;
    private long tidyMs = Moment.NEVER;
    private @Nullable ErrorCode closed;

    public GroupShard(ShardContext context, GroupLog log) {
        this.context = context;
        this.log = log;
        this.memory = new MemberMemory(context.memory());
    }

    // ---- the log

    /** Makes a record true, while the log is read or after it was written. */
    public void apply(GroupRecord record, Moment now) {
        Group group = groups.computeIfAbsent(record.group(), id -> new Group(id, context, memory, pulses));
        group.apply(record, now);
        keep(group);
    }

    /** The log has been read to its end: sessions begin, and requests may come. */
    public void onLoaded(Moment now) {
        for (Group each : List.copyOf(groups.values())) {
            run(
                    new GroupOperation(each.id()) {
                        @Override
                        public Decision decide(Group group, Moment at) {
                            return group.onLoaded(at);
                        }
                    },
                    now);
            untidy.put(each.id(), false);
        }
        planTidying(now);
    }

    // ---- operations

    /** Heartbeats that need not be submitted. Any thread. */
    public Pulses pulses() {
        return pulses;
    }

    /** Runs an operation, at once if it can be. */
    public void submit(Operation operation, Moment now) {
        ErrorCode reason = closed;
        if (reason != null) {
            operation.refuse(reason);
            return;
        }
        Lane lane = operation.isView() ? null : lanes.get(operation.groupId());
        if (lane != null && (lane.hasWaiting() || !lane.admits(operation))) {
            lane.add(operation);
        } else {
            run(operation, now);
        }
    }

    /** Our own mistake is answered, too: nobody else knows the operation any more. */
    private void run(Operation operation, Moment now) {
        try {
            decide(operation, now);
        } catch (RuntimeException | Error e) {
            operation.refuse(ErrorCode.UNKNOWN_SERVER_ERROR);
            throw e;
        }
    }

    private void decide(Operation operation, Moment now) {
        String id = operation.groupId();
        Group known = groups.get(id);
        Group group = known == null ? new Group(id, context, memory, pulses) : known;
        Decision decision = operation.decide(group, now);
        keep(group);
        resolveRegexes(group, now);
        if (!decision.isDone()) {
            Lane lane = lanes.computeIfAbsent(id, key -> new Lane());
            lane.onWrite(operation);
            // It may be one that does not exist before that is written, and which the decision knows.
            groups.put(id, group);
            log.append(decision.records(), (error, at) -> onWritten(operation, lane, decision, error, at));
        }
    }

    private void onWritten(Operation operation, Lane lane, Decision decision, ErrorCode error, Moment now) {
        String id = operation.groupId();
        lane.onWritten();
        if (error == ErrorCode.NONE) {
            makeTrue(decision, now);
            if (decision.isFirst()) {
                goOn(operation, lane);
            }
        } else {
            decision.failed().run(ClientErrors.of(error), now);
        }
        Group group = groups.get(id);
        if (group != null) {
            keep(group);
            resolveRegexes(group, now);
        }
        for (Operation next = lane.next(); next != null; next = lane.next()) {
            run(next, now);
        }
        if (lane.isIdle()) {
            lanes.remove(id);
            forgetIfGone(id);
        }
    }

    private void goOn(Operation operation, Lane lane) {
        ErrorCode reason = closed;
        if (reason == null) {
            lane.addFirst(operation);
        } else {
            operation.refuse(reason);
        }
    }

    private void forgetIfGone(String id) {
        Group group = groups.get(id);
        if (group != null && !group.exists()) {
            groups.remove(id);
        }
    }

    private void makeTrue(Decision decision, Moment now) {
        try {
            decision.records().forEach(record -> apply(record, now));
            decision.applied().run(now);
        } catch (RuntimeException | Error e) {
            decision.failed().run(ErrorCode.UNKNOWN_SERVER_ERROR, now);
            throw e;
        }
    }

    /**
     * Remembers the group as long as there is something to know of it, or something about it is on its way: between two records
     * of one decision there may be nothing. And remembers when it is to be looked at.
     */
    private void keep(Group group) {
        if (!group.exists() && !lanes.containsKey(group.id())) {
            groups.remove(group.id(), group);
            return;
        }
        groups.put(group.id(), group);
        long atMs = group.wakeMs();
        if (atMs < group.plannedMs) {
            group.plannedMs = atMs;
            wakes.add(new Wake(atMs, group.id()));
        }
    }

    /** Expressions that are new, or may choose new topics, are matched elsewhere. */
    private void resolveRegexes(Group group, Moment now) {
        ConsumerGroup consumers = group.consumers();
        if (consumers != null && closed == null) {
            Set<String> regexes = consumers.beginResolving(group.topics(), now);
            if (!regexes.isEmpty()) {
                context.resolver().accept(group.id(), regexes);
            }
        }
    }

    // ---- time

    /** When {@link #onTime} has something to do, in steady time. */
    public long nextWakeMs() {
        Wake first = wakes.peek();
        return first == null ? tidyMs : Math.min(first.atMs(), tidyMs);
    }

    /** Looks at the groups whose time has come. */
    public void onTime(Moment now) {
        wakeGroups(now);
        if (now.isPast(tidyMs)) {
            tidy(now);
        }
    }

    private void wakeGroups(Moment now) {
        List<String> due = new ArrayList<>();
        for (Wake first = wakes.peek(); first != null && now.isPast(first.atMs()); first = wakes.peek()) {
            wakes.remove();
            Group group = groups.get(first.groupId());
            if (group != null && group.plannedMs == first.atMs()) {
                due.add(group.id());
            }
        }
        for (String each : due) {
            submit(
                    new GroupOperation(each) {
                        @Override
                        public Decision decide(Group group, Moment at) {
                            group.plannedMs = Moment.NEVER;
                            return group.onTime(at);
                        }
                    },
                    now);
        }
    }

    /** From now on, little by little, forgets offsets whose time is over, and empty groups without any. */
    public void expire(Moment now) {
        groups.keySet().forEach(id -> untidy.put(id, true));
        planTidying(now);
    }

    /** From now on, little by little, forgets the offsets in these topics, which are gone. */
    public void forgetTopics(Predicate<UUID> deleted, Moment now) {
        for (Group each : groups.values()) {
            if (each.offsets().hasTopic(deleted)) {
                untidy.putIfAbsent(each.id(), false);
            }
        }
        planTidying(now);
    }

    private void planTidying(Moment now) {
        tidyMs = untidy.isEmpty() || tidying >= TIDYING_WRITES_MAX ? Moment.NEVER : now.steadyMs();
    }

    private void tidy(Moment now) {
        for (int i = 0; i < TIDIED_AT_ONCE_MAX && tidying < TIDYING_WRITES_MAX && !untidy.isEmpty(); i++) {
            String id = untidy.keySet().iterator().next();
            boolean expires = Boolean.TRUE.equals(untidy.remove(id));
            tidying++;
            submit(
                    new TidyGroup(
                            id, expires, context.settings().offsetsRetentionMs(), context.isGone(), this::onTidied),
                    now);
        }
        planTidying(now);
    }

    private void onTidied(Moment now) {
        tidying--;
        planTidying(now);
    }

    // ---- views

    /** The group, or null if there is none. To be looked at only. */
    public @Nullable Group find(String id) {
        Group group = groups.get(id);
        return group != null && group.exists() ? group : null;
    }

    /** All groups, as ListGroups tells. */
    public List<ListedGroup> list() {
        return groups.values().stream().filter(Group::exists).map(Group::listed).toList();
    }

    // ---- the end

    /** Answers everybody who waits, and whoever comes from now on. What is on its way to the disk is still answered by that. */
    public void close(ErrorCode reason) {
        closed = reason;
        for (Group each : List.copyOf(groups.values())) {
            each.members().dismissAll(reason);
        }
        for (Lane each : List.copyOf(lanes.values())) {
            each.drain().forEach(operation -> operation.refuse(reason));
        }
        wakes.clear();
        untidy.clear();
        tidyMs = Moment.NEVER;
        memory.close();
    }
}
