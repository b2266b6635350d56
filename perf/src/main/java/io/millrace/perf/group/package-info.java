/** Members of a group that come, go and die while the broker is killed: what the group was promised must hold. */
@NullMarked
package io.millrace.perf.group;

import org.jspecify.annotations.NullMarked;
