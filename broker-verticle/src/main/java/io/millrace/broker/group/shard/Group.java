package io.millrace.broker.group.shard;

import io.millrace.broker.group.classic.ClassicGroup;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.offset.GroupOffsets;

/** A group: its members and its offsets. Owned by: its shard. */
public final class Group {

    private final String id;
    private final ClassicGroup members;
    private final GroupOffsets offsets = new GroupOffsets();

    /** The time for which the shard has been asked to look at the group, or {@link Moment#NEVER}. */
    long plannedMs = Moment.NEVER;

    Group(String id, GroupSettings settings, MemberMemory memory) {
        this.id = id;
        this.members = new ClassicGroup(id, settings, memory);
    }

    public String id() {
        return id;
    }

    public ClassicGroup members() {
        return members;
    }

    public GroupOffsets offsets() {
        return offsets;
    }

    /** False if nothing is known of it: then clients are told that there is no such group. */
    public boolean exists() {
        return !members.isVoid() || !offsets.isEmpty();
    }
}
