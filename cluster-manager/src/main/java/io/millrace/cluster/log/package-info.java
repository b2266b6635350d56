/**
 * The metadata log of a cluster with one voter: decide, write, sync, publish. Beside the path; everything but submitting
 * runs on the log's own thread, which is the only one to touch its files.
 *
 * <p>A directory holds one generation: {@code metadata-<version>.log} with what was decided after that version, and,
 * unless the version is 0, {@code metadata-<version>.snapshot} with the image at that version.
 */
@NullMarked
package io.millrace.cluster.log;

import org.jspecify.annotations.NullMarked;
