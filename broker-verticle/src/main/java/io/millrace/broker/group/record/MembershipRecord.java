package io.millrace.broker.group.record;

import io.millrace.wire.message.GroupMetadataValue;
import org.jspecify.annotations.Nullable;

/**
 * The members of a classic group from one generation on, with what each was assigned.
 *
 * @param value null if the group is gone. Its byte fields may be slices of what was read: they are copied by who keeps them
 */
public record MembershipRecord(String group, @Nullable GroupMetadataValue value) implements GroupRecord {}
