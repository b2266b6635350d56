/** Tests of what event loops are given. */
@NullMarked
package io.millrace.broker.runtime;

import org.jspecify.annotations.NullMarked;
