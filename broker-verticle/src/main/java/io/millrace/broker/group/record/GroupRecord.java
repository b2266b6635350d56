package io.millrace.broker.group.record;

/** One record of {@code __consumer_offsets}: something that became true of a group. */
public sealed interface GroupRecord permits OffsetRecord, MembershipRecord, ConsumerRecord {

    /** The group's id, by which its partition is chosen. */
    String group();
}
