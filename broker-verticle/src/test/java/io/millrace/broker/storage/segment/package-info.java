/** Tests of the files of a segment. */
@NullMarked
package io.millrace.broker.storage.segment;

import org.jspecify.annotations.NullMarked;
