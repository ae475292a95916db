/** Registers every lowering. */
import './elementwise';
import './fusion';
import './reductions';
import './shape';
import './convolution';
import './pooling';
import './matrix';
import './gather';
