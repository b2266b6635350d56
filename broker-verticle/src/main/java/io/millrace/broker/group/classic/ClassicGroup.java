package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.pulse.Pulses;
import io.millrace.broker.group.record.MembershipRecord;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.GroupMetadataValue;
import io.millrace.wire.message.GroupMetadataValue.MemberMetadata;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.Unpooled;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of one group and their generation; the package tells the states. Owned by: its shard.
 *
 * <p>What has to survive is a {@link MembershipRecord}, written where a generation is complete: when its leader has assigned,
 * when nobody is left, when a static member is replaced. Such a step is returned as a {@link Decision} and happens in {@link
 * #apply}, live as when the log is read at a start. Everything else, such as who waits for what, is known in memory only.
 */
public final class ClassicGroup {

    private final String id;
    private final GroupSettings settings;
    private final MemberMemory memory;
    private final Pulses pulses;
    private final Members members;
    private final Invitations invited;
    private final Rebalance rebalance;
    private GroupState state = GroupState.EMPTY;
    private int generation;
    private @Nullable String protocolType;
    private @Nullable String protocol;
    private @Nullable String leader;
    private @Nullable Set<String> topics;
    private long stateSinceMs = -1;

    public ClassicGroup(String id, GroupSettings settings, MemberMemory memory, Pulses pulses) {
        this.id = id;
        this.settings = settings;
        this.memory = memory;
        this.pulses = pulses;
        members = new Members(memory, pulses);
        invited = new Invitations(memory);
        rebalance = new Rebalance(this);
    }

    // ---- questions

    public String id() {
        return id;
    }

    public GroupState state() {
        return state;
    }

    public boolean isEmpty() {
        return state == GroupState.EMPTY;
    }

    /** Whether the members of the generation are known. */
    boolean isAgreed() {
        return state == GroupState.COMPLETING_REBALANCE || state == GroupState.STABLE;
    }

    /** Whether there is nothing to know: such a group does not exist. */
    public boolean isVoid() {
        return isEmpty() && invited.isEmpty() && generation == 0 && protocolType == null;
    }

    /** Whether clients have been told an id that they are to join with. */
    public boolean hasInvited() {
        return !invited.isEmpty();
    }

    public int generation() {
        return generation;
    }

    /** Null if the group has never had members: it only keeps offsets. */
    public @Nullable String protocolType() {
        return protocolType;
    }

    /** Null before the first generation, and without members. */
    @Nullable
    String protocol() {
        return protocol;
    }

    @Nullable
    String leader() {
        return leader;
    }

    /** Wall time since when it is in its state, -1 if that is not known. */
    public long stateSinceMs() {
        return stateSinceMs;
    }

    public boolean isOfConsumers() {
        return Subscriptions.CONSUMER.equals(protocolType);
    }

    /** The topics that its members read, or null if that cannot be told. */
    public @Nullable Set<String> topics() {
        return topics;
    }

    /** Whether its members read the topic. Of consumers whose subscriptions cannot be read it is assumed. */
    public boolean reads(String topic) {
        return topics == null ? isOfConsumers() : topics.contains(topic);
    }

    /** Everybody who is in it, agreed or not. */
    public List<ClassicMember> described() {
        return members.all().stream().map(Member::described).toList();
    }

    Collection<Member> members() {
        return members.all();
    }

    Members membership() {
        return members;
    }

    Invitations invited() {
        return invited;
    }

    MemberMemory memory() {
        return memory;
    }

    GroupSettings settings() {
        return settings;
    }

    /** NONE, or what speaks against a request of this member. */
    ErrorCode checkMember(String memberId, @Nullable String instanceId) {
        String current = instanceId == null ? memberId : members.idOf(instanceId);
        if (current != null && !current.equals(memberId)) {
            return ErrorCode.FENCED_INSTANCE_ID;
        }
        return current != null && members.has(current) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }

    // ---- signs of life

    /** NONE, or what speaks against a commit of offsets; one that is accepted shows that the member lives. */
    public ErrorCode checkCommit(String memberId, @Nullable String instanceId, int generationId, Moment now) {
        if (generationId < 0 && isEmpty()) {
            // An administrator, or a consumer that assigns itself. While there are members, they alone may commit.
            return ErrorCode.NONE;
        }
        if (generationId < 0 && memberId.isEmpty() && instanceId == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        ErrorCode error = checkGeneration(memberId, instanceId, generationId);
        if (error == ErrorCode.NONE && state == GroupState.COMPLETING_REBALANCE) {
            error = ErrorCode.REBALANCE_IN_PROGRESS;
        }
        if (error == ErrorCode.NONE) {
            renew(memberId, now);
        }
        return error;
    }

    public ErrorCode heartbeat(String memberId, @Nullable String instanceId, int generationId, Moment now) {
        ErrorCode error = checkGeneration(memberId, instanceId, generationId);
        if (error != ErrorCode.NONE) {
            return error;
        }
        Member member = members.get(memberId);
        if (member != null) {
            renew(member, now);
            if (state == GroupState.STABLE) {
                member.openPulse(id, generation, pulses);
            }
        }
        return state == GroupState.PREPARING_REBALANCE ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
    }

    private ErrorCode checkGeneration(String memberId, @Nullable String instanceId, int generationId) {
        ErrorCode error = checkMember(memberId, instanceId);
        return error == ErrorCode.NONE && generationId != generation ? ErrorCode.ILLEGAL_GENERATION : error;
    }

    private void renew(String memberId, Moment now) {
        Member member = members.get(memberId);
        if (member != null) {
            renew(member, now);
        }
    }

    /** The member's session begins anew. */
    void renew(Member member, Moment now) {
        member.renew(now);
        rebalance.wakeBy(member.sessionEndMs());
    }

    // ---- requests that change the group

    public Decision join(JoinAttempt attempt, Moment now) {
        return new Joining(this, attempt, now).decide();
    }

    public Decision sync(SyncGroupRequest request, Consumer<SyncGroupResponse> reply, Moment now) {
        return new Syncing(this, request, reply, now).decide();
    }

    /** Answers for every member by itself whether it has left. */
    public Decision leave(List<MemberIdentity> identities, Consumer<LeaveGroupResponse> reply, Moment now) {
        return new Leaving(this, identities, reply, now).decide();
    }

    Rebalance rebalance() {
        return rebalance;
    }

    /** Gives a client an id to come back with. */
    void invite(String memberId, int timeoutMs, Moment now) {
        invited.add(memberId, now.in(timeoutMs));
        rebalance.wakeBy(now.in(timeoutMs));
    }

    /** Takes a member in, whose JoinGroup waits. */
    void add(Member member, Moment now) {
        invited.remove(member.id);
        if (members.isEmpty()) {
            protocolType = member.protocolType;
        }
        if (leader == null) {
            leader = member.id;
        }
        members.add(member);
        member.begin(now);
        rebalance.wakeBy(member.sessionEndMs());
        rebalance.onAdded();
    }

    /** Puts a member into the place of another one with the same instance id. */
    void replace(Member old, Member replacement) {
        old.dismiss(ErrorCode.FENCED_INSTANCE_ID);
        members.remove(old);
        members.add(replacement);
        if (old.id.equals(leader)) {
            leader = replacement.id;
        }
    }

    /** Takes a member out, who waits for nothing. */
    void drop(Member member) {
        members.remove(member);
        if (member.id.equals(leader)) {
            leader = members.isEmpty() ? null : members.all().iterator().next().id;
        }
    }

    /** Keeps the leader if it has joined, else takes the first who has; false if nobody has. */
    boolean electLeader() {
        Member current = leader == null ? null : members.get(leader);
        if (current != null && current.isJoining()) {
            return true;
        }
        List<Member> joined = members.where(Member::isJoining);
        if (joined.isEmpty()) {
            return false;
        }
        leader = joined.get(0).id;
        return true;
    }

    /** The members that are here are those of the next generation. */
    void beginGeneration(Moment now) {
        generation++;
        protocol = members.vote();
        topics = Subscriptions.topics(members, protocolType, protocol);
        to(GroupState.COMPLETING_REBALANCE, now);
        for (Member each : members.all()) {
            each.isNew = false;
            each.synced = false;
            renew(each, now);
        }
    }

    void to(GroupState next, Moment now) {
        members.closePulses();
        state = next;
        stateSinceMs = now.wallMs();
    }

    /** Gives everybody who waits for it the assignment. */
    void answerSyncs(Moment now) {
        for (Member each : members.all()) {
            if (each.isSyncing()) {
                renew(each, now);
                each.answerSync(assignmentOf(each));
            }
        }
        rebalance.endIfAllHaveSynced();
    }

    SyncGroupResponse assignmentOf(Member member) {
        return new SyncGroupResponse()
                .protocolType(protocolType)
                .protocolName(protocol)
                .assignment(Unpooled.wrappedBuffer(member.assignment));
    }

    /** Answers everybody who waits, because the group is not coordinated here any more. */
    public void dismissAll(ErrorCode error) {
        members.closePulses();
        List.copyOf(members.all()).forEach(each -> each.dismiss(error));
    }

    // ---- records

    /**
     * Makes a record true. Live, the members that it names are those that are here, and what they wait for goes on waiting.
     *
     * @param value null: the group is gone
     */
    public void apply(@Nullable GroupMetadataValue value, Moment now) {
        members.closePulses();
        GroupMetadataValue next = value == null ? new GroupMetadataValue() : value;
        protocolType = emptyToNull(next.protocolType());
        protocol = emptyToNull(next.protocol());
        generation = next.generation();
        leader = emptyToNull(next.leader());
        stateSinceMs = next.currentStateTimestamp();
        members.replaceAll(next.members(), protocol, each -> loaded(each, now));
        state = members.isEmpty() ? GroupState.EMPTY : GroupState.STABLE;
        topics = Subscriptions.topics(members, protocolType, protocol);
        rebalance.onApplied();
        if (value == null) {
            invited.clear();
        }
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private Member loaded(MemberMetadata recorded, Moment now) {
        Member member = Member.of(recorded, protocolType == null ? "" : protocolType, protocol);
        renew(member, now);
        return member;
    }

    /** After the log was read: every member gets a session to show that it is still there. */
    public Decision onLoaded(Moment now) {
        List.copyOf(members.all()).forEach(each -> renew(each, now));
        // Taken back, but not agreed before the log ended. Or group.max.size has become smaller: a rebalance lets in
        // no more.
        boolean isLeaderless = leader == null && !members.isEmpty();
        return isLeaderless || members.size() > settings.sizeMax() ? rebalance.start(now) : Decision.DONE;
    }

    /** It has just become a group of this protocol again: its members are to agree. Nobody has joined yet. */
    public void onTakenBack(Moment now) {
        if (!rebalance.start(now).isDone()) {
            throw new IllegalStateException("a rebalance that nobody has joined is over");
        }
    }

    // ---- time

    /** No later than when {@link #onTime} has something to do. */
    public long wakeMs() {
        return rebalance.wakeMs();
    }

    /** Gives up who has been waited for long enough. */
    public Decision onTime(Moment now) {
        return rebalance.onTime(now);
    }
}
