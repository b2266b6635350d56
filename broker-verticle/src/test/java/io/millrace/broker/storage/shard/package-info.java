/** Data folders and their checkpoint files on a real disk; the stages themselves are tested in the simulation. */
@NullMarked
package io.millrace.broker.storage.shard;

import org.jspecify.annotations.NullMarked;
