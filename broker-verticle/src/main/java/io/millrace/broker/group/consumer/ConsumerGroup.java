package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.decision.ClassicProtocol;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.ConsumerRecord;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupMetadataValue;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The members of one group of the next-generation protocol, and what each is to read; the package tells how they come there.
 * Owned by: its shard.
 *
 * <p>All of it is in records, but for the times: a step is returned as a {@link Decision}, and happens in {@link #apply}, live
 * as when the log is read at a start.
 */
public final class ConsumerGroup {

    /** After a record could not be written, time passes before time alone makes another attempt. */
    private static final int RETRY_MS = 5_000;

    private final String id;
    private final Supplier<ConsumerSettings> settings;
    private final MemberMemory memory;
    private final Map<String, ConsumerMember> members = new TreeMap<>();
    private final Map<String, String> idOfInstance = new HashMap<>();
    private final TargetAssignment target = new TargetAssignment();
    private final Owners owners = new Owners();
    private final Subscriptions subscriptions = new Subscriptions(members);

    /** How many members speak the classic protocol. */
    private int classicCount;

    private int epoch;
    private long topicsHash = TopicsHash.NONE;

    /** Whether a broker before Kafka 4.1 left a record that nobody needs any more. */
    private boolean hasTopicRecord;

    /** The version of the cluster whose topics the hash is of. */
    private long seenVersion = -1;

    private long firstMs = Moment.NEVER;
    private long retryMs = Long.MIN_VALUE;

    /** @param settings as they are now; a change holds from the next heartbeat on */
    public ConsumerGroup(String id, Supplier<ConsumerSettings> settings, MemberMemory memory) {
        this.id = id;
        this.settings = settings;
        this.memory = memory;
    }

    // ---- questions

    public String id() {
        return id;
    }

    public boolean isEmpty() {
        return members.isEmpty();
    }

    /** Whether there is nothing to know: such a group does not exist. */
    public boolean isVoid() {
        return members.isEmpty() && epoch == 0 && !target.exists();
    }

    public ConsumerGroupState state() {
        if (members.isEmpty()) {
            return ConsumerGroupState.EMPTY;
        }
        if (epoch > target.epoch()) {
            return ConsumerGroupState.ASSIGNING;
        }
        boolean stable = members.values().stream().allMatch(each -> each.progress.isAt(target.epoch()));
        return stable ? ConsumerGroupState.STABLE : ConsumerGroupState.RECONCILING;
    }

    public int epoch() {
        return epoch;
    }

    /** The epoch of the target assignment, -1 if there is none. */
    public int targetEpoch() {
        return target.epoch();
    }

    /**
     * Whether a new target assignment may be made now. All members are looked at for one, so that each of many who come at the
     * same time must not make its own (KIP-1263). The first member need not wait.
     */
    boolean mayAssign(Moment now) {
        return members.isEmpty() || target.hasStoodFor(settings().assignmentIntervalMs(), now);
    }

    /** The epoch that a member gets to by joining now. */
    int epochInReach(Moment now) {
        return mayAssign(now) ? epoch : target.epoch();
    }

    /** Whether some member reads the topic. */
    public boolean reads(String topic) {
        return subscriptions.include(topic);
    }

    /** What the next target assignment is made by, as things are. */
    String assignorName() {
        List<Profile> profiles =
                members.values().stream().map(each -> each.profile).toList();
        return settings().assignorFor(profiles).name();
    }

    ConsumerSettings settings() {
        return settings.get();
    }

    MemberMemory memory() {
        return memory;
    }

    public int size() {
        return members.size();
    }

    Collection<ConsumerMember> members() {
        return members.values();
    }

    @Nullable
    ConsumerMember member(String memberId) {
        return members.get(memberId);
    }

    /** The static member of this instance id. */
    @Nullable
    ConsumerMember memberOf(String instanceId) {
        String memberId = idOfInstance.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    TopicPartitions targetOf(String memberId) {
        return target.of(memberId);
    }

    @Nullable
    String ownerOf(UUID topicId, int partition) {
        return owners.of(topicId, partition);
    }

    long topicsHash() {
        return topicsHash;
    }

    /** Whether the hash is of these topics. */
    boolean hasSeen(TopicView topics) {
        return topics.version() == seenVersion;
    }

    void onSeen(long version) {
        seenVersion = version;
    }

    // ---- subscriptions

    Subscriptions subscriptions() {
        return subscriptions;
    }

    boolean isResolved(@Nullable String regex) {
        return subscriptions.regexes().isResolved(regex);
    }

    /**
     * The expressions that are to be matched with the topics of the cluster now; empty if that need not be, or is being done.
     * Who gets some comes back with {@link #resolve} or {@link #notResolved}.
     */
    public Set<String> beginResolving(TopicView topics, Moment now) {
        return subscriptions.beginResolving(topics, now);
    }

    /** They could not be matched. */
    public void notResolved(Moment now) {
        subscriptions.regexes().end(-1, now);
    }

    /**
     * The expressions have been matched.
     *
     * @param chosen names of topics by expression
     * @param version of the cluster whose topics they are
     */
    public Decision resolve(Map<String, SortedSet<String>> chosen, long version, TopicView topics, Moment now) {
        Regexes regexes = subscriptions.regexes();
        regexes.end(version, now);
        List<GroupRecord> records = new ArrayList<>();
        chosen.forEach((regex, found) -> {
            if (subscriptions.subscribersOf(regex) > 0 && !regexes.isSame(regex, found)) {
                records.add(new ConsumerRecord.Regex(id, regex, Regexes.recorded(found, version, now)));
            }
        });
        if (records.isEmpty()) {
            return Decision.DONE;
        }
        // First: see remove().
        records.add(0, epochRecord(epoch + 1, TopicsHash.of(subscriptions.with(chosen), topics)));
        return new Decision(records, at -> {}, (error, at) -> regexes.end(-1, at));
    }

    /** Who may commit and fetch offsets. */
    public OffsetRights offsetRights() {
        return new OffsetRights(this);
    }

    // ---- members that speak the classic protocol

    /** Whether all of them know one of these protocols, as they would have to if they were alone. */
    boolean supports(List<ClassicProtocol> protocols) {
        return protocols.stream().anyMatch(each -> isCommon(each.name()));
    }

    private boolean isCommon(String protocol) {
        return members.values().stream()
                .allMatch(each -> !each.isClassic() || each.classic().names().contains(protocol));
    }

    /** A protocol that all of them know. There are no other members. */
    String commonProtocol() {
        ClassicProfile any = members.values().iterator().next().classic();
        return any.names().stream()
                .filter(this::isCommon)
                .findFirst()
                .orElse(any.first().name());
    }

    /** A client that speaks the classic protocol wants to be a member. */
    public Decision join(ClassicAttempt attempt, TopicView topics, Moment now) {
        return new ClassicJoining(this, attempt, topics, now).decide();
    }

    /** What such a member is told that shows that it is there. */
    public ErrorCode classicHeartbeat(
            String memberId, @Nullable String instanceId, int generation, TopicView topics, Moment now) {
        return new ClassicServing(this, now).heartbeat(memberId, instanceId, generation, topics);
    }

    /** What such a member is to read. */
    public SyncGroupResponse sync(SyncGroupRequest request, TopicView topics, Moment now) {
        return new ClassicServing(this, now).sync(request, topics);
    }

    /** It has to come by then. */
    void expectBy(String memberId, long steadyMs) {
        ConsumerMember member = members.get(memberId);
        if (member != null) {
            member.expectedByMs = steadyMs;
            firstMs = Math.min(firstMs, steadyMs);
        }
    }

    /** Whether there are only members left that speak the classic protocol, and the group is to be one of that. */
    public boolean isToGoBack(Moment now) {
        return isOnlyClassic() && now.steadyMs() >= retryMs;
    }

    private boolean isOnlyClassic() {
        return classicCount > 0
                && classicCount == members.size()
                && settings().migration().downgrades();
    }

    /** What time alone has led to could not be done. */
    public void retryLater(Moment now) {
        retryMs = now.in(RETRY_MS);
        firstMs = Math.min(firstMs, retryMs);
    }

    // ---- steps

    /** A member shows that it is there, says what it wants, and is told what it has to do. */
    public Decision heartbeat(HeartbeatAttempt attempt, TopicView topics, Moment now) {
        return new Heartbeating(this, attempt, topics, now).decide();
    }

    /** An administrator sends members away. Answers for every one by itself whether it has left. */
    public Decision dismiss(List<MemberIdentity> identities, Consumer<LeaveGroupResponse> reply, TopicView topics) {
        return new Dismissal(this).decide(identities, reply, topics);
    }

    /**
     * Members go; the next heartbeat of another one assigns what they leave.
     *
     * <p>The epoch comes first: many records take several batches, of which a crash may leave the first. Members that are gone
     * without a new epoch would leave a share that counts as assigned, though nobody has it.
     */
    Decision remove(
            Collection<ConsumerMember> leaving, TopicView topics, Decision.Applied after, Decision.Failed failed) {
        Set<String> ids = leaving.stream().map(each -> each.id).collect(Collectors.toSet());
        List<GroupRecord> records = new ArrayList<>();
        records.add(epochRecord(epoch + 1, TopicsHash.of(subscriptions.without(ids), topics)));
        ids.forEach(each -> records.addAll(tombstonesOf(each)));
        Set<String> wanted = subscriptions.regexesWithout(ids);
        for (String regex : subscriptions.regexes().resolved()) {
            if (!wanted.contains(regex)) {
                records.add(new ConsumerRecord.Regex(id, regex, null));
            }
        }
        return new Decision(records, after, failed);
    }

    List<GroupRecord> tombstonesOf(String memberId) {
        return List.of(
                new ConsumerRecord.Current(id, memberId, null),
                new ConsumerRecord.Target(id, memberId, null),
                new ConsumerRecord.Member(id, memberId, null));
    }

    /** What makes a group without members be forgotten. */
    public List<GroupRecord> tombstones() {
        List<GroupRecord> records = new ArrayList<>();
        subscriptions.regexes().resolved().forEach(each -> records.add(new ConsumerRecord.Regex(id, each, null)));
        if (target.exists()) {
            records.add(new ConsumerRecord.TargetEpoch(id, null));
        }
        if (hasTopicRecord) {
            records.add(new ConsumerRecord.TopicMetadata(id, true));
        }
        records.add(new ConsumerRecord.Epoch(id, null));
        return records;
    }

    GroupRecord epochRecord(int nextEpoch, long hash) {
        return new ConsumerRecord.Epoch(
                id, new ConsumerGroupMetadataValue().epoch(nextEpoch).metadataHash(hash));
    }

    // ---- records

    /** Makes a record true. */
    public void apply(ConsumerRecord record, Moment now) {
        if (record instanceof ConsumerRecord.Epoch each) {
            ConsumerGroupMetadataValue value = each.value();
            epoch = value == null ? 0 : value.epoch();
            topicsHash = value == null ? TopicsHash.NONE : value.metadataHash();
        } else if (record instanceof ConsumerRecord.TargetEpoch each) {
            target.apply(each, now);
        } else if (record instanceof ConsumerRecord.Target each) {
            target.apply(each);
        } else if (record instanceof ConsumerRecord.Regex each) {
            subscriptions.regexes().apply(each.regex(), each.value());
        } else if (record instanceof ConsumerRecord.TopicMetadata each) {
            hasTopicRecord = !each.isTombstone();
        } else if (record instanceof ConsumerRecord.Member each) {
            applyMember(each);
        } else if (record instanceof ConsumerRecord.Current each) {
            applyCurrent(each, now);
        }
        if (isOnlyClassic()) {
            firstMs = Math.min(firstMs, now.steadyMs());
        }
    }

    private void applyMember(ConsumerRecord.Member record) {
        var value = record.value();
        if (value == null) {
            ConsumerMember gone = members.remove(record.memberId());
            if (gone != null) {
                classicCount -= gone.isClassic() ? 1 : 0;
                memory.add(-gone.bytes());
                owners.take(gone.id, gone.progress);
                forgetInstance(gone);
                subscriptions.onChanged(gone.profile, Profile.NONE);
            }
            return;
        }
        ConsumerMember member = memberOrNew(record.memberId());
        int before = member.bytes();
        forgetInstance(member);
        classicCount -= member.isClassic() ? 1 : 0;
        Profile profile = Profile.of(value);
        subscriptions.onChanged(member.profile, profile);
        member.profile = profile;
        classicCount += member.isClassic() ? 1 : 0;
        member.expectedByMs = Moment.NEVER;
        memory.add(member.bytes() - before);
        String instanceId = member.profile.instanceId();
        if (instanceId != null) {
            idOfInstance.put(instanceId, member.id);
        }
    }

    private void forgetInstance(ConsumerMember member) {
        String instanceId = member.profile.instanceId();
        if (instanceId != null) {
            idOfInstance.remove(instanceId, member.id);
        }
    }

    private ConsumerMember memberOrNew(String memberId) {
        ConsumerMember known = members.get(memberId);
        if (known != null) {
            return known;
        }
        ConsumerMember member = new ConsumerMember(memberId);
        members.put(memberId, member);
        memory.add(member.bytes());
        return member;
    }

    private void applyCurrent(ConsumerRecord.Current record, Moment now) {
        var value = record.value();
        if (value == null && !members.containsKey(record.memberId())) {
            return;
        }
        ConsumerMember member = memberOrNew(record.memberId());
        int before = member.bytes();
        owners.take(member.id, member.progress);
        member.progress = value == null ? Progress.GONE : Progress.of(value);
        owners.give(member.id, member.progress);
        memory.add(member.bytes() - before);
        beginRevocation(member, now);
    }

    /**
     * Members have become known that nobody has heard of here: a log was read, or they were those of a classic group. Each gets
     * a session to show that it is still there.
     */
    public void beginSessions(Moment now) {
        for (ConsumerMember each : members.values()) {
            renew(each.id, now);
            beginRevocation(each, now);
        }
    }

    // ---- time

    /** The member's session begins anew. */
    void renew(String memberId, Moment now) {
        ConsumerMember member = members.get(memberId);
        if (member != null) {
            member.sessionEndMs = now.in(
                    member.isClassic()
                            ? member.classic().sessionTimeoutMs()
                            : settings().sessionTimeoutMs());
            firstMs = Math.min(firstMs, member.sessionEndMs);
        }
    }

    private void beginRevocation(ConsumerMember member, Moment now) {
        boolean revokes = member.progress.state() == MemberState.UNREVOKED && !member.progress.isAway();
        member.revocationEndMs = revokes ? now.in(member.profile.rebalanceTimeoutMs()) : Moment.NEVER;
        firstMs = Math.min(firstMs, member.revocationEndMs);
    }

    /** No later than when {@link #onTime} has something to do, or the group {@link #isToGoBack}. */
    public long wakeMs() {
        return firstMs;
    }

    /** Gives up members that have not been heard of, or have not given up what they should have. */
    public Decision onTime(TopicView topics, Moment now) {
        List<ConsumerMember> gone = new ArrayList<>();
        firstMs = isOnlyClassic() ? Math.max(retryMs, now.steadyMs()) : Moment.NEVER;
        for (ConsumerMember each : members.values()) {
            if (each.isExpired(now)) {
                gone.add(each);
            } else {
                firstMs = Math.min(firstMs, each.firstEndMs());
            }
        }
        if (gone.isEmpty()) {
            return Decision.DONE;
        }
        if (now.steadyMs() < retryMs) {
            firstMs = Math.min(firstMs, retryMs);
            return Decision.DONE;
        }
        return remove(gone, topics, at -> {}, (error, at) -> retryLater(at));
    }
}
