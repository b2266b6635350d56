/** Whole frames: header and message in front of each other. Both ends of a connection use it, on its event loop. */
@NullMarked
package io.millrace.wire.frame;

import org.jspecify.annotations.NullMarked;
