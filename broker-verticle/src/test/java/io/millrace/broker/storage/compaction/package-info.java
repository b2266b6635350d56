@NullMarked
package io.millrace.broker.storage.compaction;

import org.jspecify.annotations.NullMarked;
