/** How far groups have come, and when that is forgotten. Values and pure rules; owned by the shard that the group is in. */
@NullMarked
package io.millrace.broker.group.offset;

import org.jspecify.annotations.NullMarked;
