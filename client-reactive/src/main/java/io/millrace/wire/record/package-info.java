/**
 * Record batches of magic 2: looked at, patched, checked, built and read straight in Netty buffers.
 *
 * <p>On the produce path only {@link io.millrace.wire.record.RecordBatch} and {@link
 * io.millrace.wire.record.BatchValidator} run, on the event loop, without decompressing. Readers, builders and the
 * recompressor run on whichever thread calls them; none of these classes keeps shared state.
 */
@NullMarked
package io.millrace.wire.record;

import org.jspecify.annotations.NullMarked;
